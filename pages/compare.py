"""Compare: two to six runs side by side."""

import streamlit as st

from mlp.comparison import pairing
from pages.parts.compare.curves import side_by_side, train, view
from pages.parts.compare.runs import list_of_runs
from pages.parts.compare.seeds import agreement_of_seeds
from pages.parts.page import front_door
from pages.parts.page.widgets import number
from pages.parts.sharing import compared_runs

if front_door.enter("compare"):
    compared_runs.read_address()
    st.session_state.comparing = False

st.title("Side by side", anchor=False)
st.markdown(
    "Two runs, one thing changed: which learns faster, and would it with other first weights too? "
    f"Up to {pairing.MOST_COMPARED} runs stand beside each other here."
)
list_of_runs()
compared_runs.write_address()
if len(compared_runs.links()) < 2:
    st.info("Add two runs or more, and press Train.", icon=":material/compare_arrows:")
    st.stop()
trainers = [compared_runs.trainers()[link] for link in compared_runs.links()]
epochs = number(
    "Epochs", 20, "epochs", step=10, min_value=1, max_value=10_000, help="How far each trains."
)
train(trainers, epochs)
configs = [trainer.run.config for trainer in trainers]
st.dataframe(pairing.table(configs), hide_index=True, key="differences")
shown = view(configs)
side_by_side(trainers, compared_runs.links(), epochs, shown)
agreement_of_seeds([trainer.run for trainer in trainers], epochs, shown.column)
