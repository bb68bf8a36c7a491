"""Compare: two to six runs side by side."""

import streamlit as st

from mlp import comparison
from pages.parts import chosen, front_door
from pages.parts.compare_list import list_of_runs
from pages.parts.compare_view import side_by_side, train
from pages.parts.jury import jury
from pages.parts.widgets import IN_URL

if front_door.enter("compare"):
    chosen.arrive()
    st.session_state.comparing = False

st.title("Side by side", anchor=False)
st.markdown(
    "Two runs, one thing changed: which learns faster, and would it with other first weights too? "
    f"Up to {comparison.MOST_COMPARED} runs stand beside each other here."
)
list_of_runs()
chosen.write_address()
if len(chosen.links()) < 2:
    st.info("Add two runs or more, and press Train.", icon=":material/compare_arrows:")
    st.stop()
trainers = [chosen.trainers()[text] for text in chosen.links()]
epochs = st.number_input(
    "Epochs", 1, 10_000, 20, step=10, key="epochs", help="How far each trains.", **IN_URL
)
train(trainers, epochs)
differing = comparison.table([trainer.run.config for trainer in trainers])
st.dataframe(differing, hide_index=True, key="differences")
side_by_side(trainers, epochs)
jury([trainer.run for trainer in trainers], epochs)
