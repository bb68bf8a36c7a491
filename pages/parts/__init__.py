"""What the pages share: the plot, the live panel, the hyperparameter form."""
