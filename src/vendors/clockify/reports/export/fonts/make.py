#!/usr/bin/env python3
"""Makes the fonts of this folder: `make.py DEJAVU NOTO NOTO_CJK`, the folders of the fonts that others made.

Needs fonttools and zopfli. README.md says which fonts they are.
"""

import pathlib
import subprocess
import sys
import tempfile

import zopfli.gzip
from fontTools.ttLib import TTFont

HERE = pathlib.Path(__file__).parent
MARKS = "ccmp,locl,mark,mkmk"
ARABIC = "init,medi,fina,isol,med2,fin2,fin3,rlig,calt,curs,rclt"
INDIC = "nukt,akhn,rphf,rkrf,pref,blwf,half,pstf,vatu,cjct,cfar,pres,abvs,blws,psts,haln,abvm,blwm,dist,calt,clig"
JOINERS = {0x20, 0xA0, 0x200C, 0x200D, 0x25CC}


def span(*ranges):
    return {letter for first, last in ranges for letter in range(first, last + 1)}


def decoded(codec, first=0x8140, last=0xFEFE):
    """Every letter from U+1100 on that two bytes in this range mean."""
    letters = set()
    for code in range(first, last + 1):
        try:
            text = code.to_bytes(2, "big").decode(codec)
        except UnicodeDecodeError:
            continue
        letters |= {ord(letter) for letter in text if ord(letter) >= 0x1100}
    return letters


# What other fonts of this folder have, and signs of games, music, mathematics and braille.
NOT_SANS = span(
    (0x590, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC), (0xE000, 0xF8FF),
    (0x2800, 0x28FF), (0x2900, 0x2AFF), (0x4DC0, 0x4DFF), (0x1D000, 0x1F0FF),
)
EAST_ASIAN = (
    decoded("gb2312") | decoded("euc_jp") | decoded("big5", 0xA440, 0xC67E)
    | {letter for letter in decoded("euc_kr") if 0xAC00 <= letter <= 0xD7A3}
    | span((0x3000, 0x30FF), (0x3131, 0x318E), (0xFF00, 0xFFEF))
)
SCRIPTS = {
    "Arabic": (
        span((0x600, 0x6FF), (0x750, 0x77F), (0x8A0, 0x8FF), (0xFB50, 0xFBB1), (0xFBD3, 0xFBFF), (0xFE70, 0xFEFC))
        | {0xFDF2},
        f"{MARKS},{ARABIC}",
    ),
    "Hebrew": (span((0x590, 0x5FF), (0xFB1D, 0xFB4F)), MARKS),
    "Thai": (span((0xE00, 0xE7F)), f"{MARKS},liga"),
    "Devanagari": (span((0x900, 0x97F), (0x1CD0, 0x1CFF), (0xA8E0, 0xA8FF)), f"{MARKS},{INDIC}"),
}


def make(source, name, letters, features, number=0, drop="FFTM,MATH,kern,meta"):
    with tempfile.TemporaryDirectory() as folder:
        made = pathlib.Path(folder) / name
        wanted = ",".join(f"{letter:X}" for letter in sorted(letters))
        subprocess.run(
            [
                "pyftsubset", source, f"--unicodes={wanted}", f"--layout-features={features}",
                f"--font-number={number}", f"--output-file={made}", f"--drop-tables+={drop}",
                "--no-hinting", "--no-glyph-names", "--desubroutinize", "--notdef-outline",
                "--name-IDs=0,1,2,3,4,5,6,13,14", "--name-languages=0x409", "--no-recalc-timestamp",
            ],
            check=True,
        )
        plain = made.read_bytes()
    packed = zopfli.gzip.compress(plain, numiterations=15)
    (HERE / f"{name}.gz").write_bytes(packed)
    print(f"{name}: {len(plain)} bytes, packed {len(packed)}")


def main(dejavu, noto, cjk):
    for weight in ("", "-Bold"):
        source = f"{dejavu}/DejaVuSansCondensed{weight}.ttf"
        letters = set(TTFont(source).getBestCmap()) - NOT_SANS
        make(source, f"DejaVuSansCondensed{weight}-Subset.ttf", letters, MARKS)
    for script, (letters, features) in SCRIPTS.items():
        for weight in ("Regular", "Bold"):
            name = f"NotoSans{script}-{weight}"
            make(f"{noto}/{name}.ttf", f"{name}-Subset.ttf", letters | JOINERS, features)
    source = f"{cjk}/NotoSansCJK-Regular.ttc"
    drop = "vhea,vmtx,VORG,GPOS,GSUB,BASE"
    make(source, "NotoSansCJKjp-Subset.otf", EAST_ASIAN, "", drop=drop)


if __name__ == "__main__":
    main(*sys.argv[1:])
