"""Where training is done: in processes of this machine or on a Dask cluster."""
