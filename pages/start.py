import streamlit as st

st.title("Backpropagation lab")
