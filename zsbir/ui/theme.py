"""The page's look for Gradio's own controls: Prussian blue, drafting paper, one typeface."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils.colors import Color

INK = Color(
    name="ink",
    c50="#eef5fd",
    c100="#d9e8f9",
    c200="#b9d5f4",
    c300="#8ebcec",
    c400="#5a9ae0",
    c500="#2a74c9",
    c600="#0d4496",
    c700="#0b397d",
    c800="#0a2f67",
    c900="#09264f",
    c950="#071a36",
)
# Made for readers with low vision, and for the last row of a classroom; its file comes with the page.
SANS = [
    "Atkinson Hyperlegible Next",
    "ui-sans-serif",
    "system-ui",
    "-apple-system",
    "Segoe UI",
    "Roboto",
    "Helvetica Neue",
    "sans-serif",
]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Gradio's base theme in the page's colours and its own typeface, so nothing is fetched."""
    return gr.themes.Base(
        primary_hue=INK,
        neutral_hue=gr.themes.colors.gray,
        radius_size=gr.themes.sizes.radius_md,
        font=SANS,
        font_mono=MONO,
    ).set(
        body_background_fill="var(--zs-desk)",
        body_background_fill_dark="var(--zs-desk)",
        body_text_color="var(--zs-text)",
        body_text_color_dark="var(--zs-text)",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        block_border_width="0px",
        block_border_width_dark="0px",
        block_padding="0",
        block_label_background_fill="transparent",
        input_background_fill="var(--zs-paper)",
        input_background_fill_dark="var(--zs-paper)",
        input_border_color="var(--zs-line)",
        input_border_color_dark="var(--zs-line)",
        input_border_color_focus="var(--zs-ink)",
        input_border_color_focus_dark="var(--zs-ink)",
    )
