"""The page's look for Gradio's own controls: one ink, neutral paper, the system's fonts."""

from __future__ import annotations

import gradio as gr
from gradio.themes.utils.colors import Color

INK = Color(
    name="ink",
    c50="#eef1ff",
    c100="#dfe4ff",
    c200="#c3cbff",
    c300="#a3afff",
    c400="#8190ff",
    c500="#4f5ff0",
    c600="#2b3bd6",
    c700="#2230b0",
    c800="#1c288c",
    c900="#172170",
    c950="#0f164d",
)
SANS = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """Gradio's base theme in the page's colours; system fonts, so nothing is fetched."""
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
