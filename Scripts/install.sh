#!/usr/bin/env bash
# Installs what is missing for one purpose: libraries | tests | bench | counts | python FOLDER | peers FOLDER | fuzz FOLDER.
# Debian and Ubuntu by apt (with sudo where needed), macOS by Homebrew.
set -euo pipefail

install_packages() {  # Debian names first, then "--", then Homebrew names.
    local debian=() brew=() seen=0
    for name in "$@"; do
        if [ "$name" = "--" ]; then seen=1; elif [ $seen = 0 ]; then debian+=("$name"); else brew+=("$name"); fi
    done
    if [ "$(uname)" = Darwin ]; then
        for name in "${brew[@]}"; do brew list "$name" >/dev/null 2>&1 || brew install "$name"; done
        return
    fi
    local missing=()
    for name in "${debian[@]}"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'install ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    echo "Installing: ${missing[*]}"
    local root=""
    [ "$(id -u)" -eq 0 ] || root=sudo
    $root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

case "${1:-}" in
libraries)
    command -v swift >/dev/null || { echo "No Swift toolchain found. Install Swift 6.1 or later: https://www.swift.org/install"; exit 1; }
    install_packages libsqlite3-dev zlib1g-dev libsimdjson-dev libxgboost-dev liblapacke-dev libopenblas-serial-dev \
        libcrypt-dev pkg-config -- sqlite simdjson xgboost lapack openblas libxcrypt pkg-config
    ;;
tests)
    install_packages chromium chromium-driver python3-venv fonts-dejavu-core openssl -- chromedriver python openssl
    ;;
bench)
    install_packages wrk -- wrk
    ;;
counts)
    [ "$(uname)" = Linux ] || { echo "Instructions are counted by valgrind, on Linux only."; exit 1; }
    install_packages valgrind binutils gcc libc6-dev --
    ;;
python)
    folder=$2
    requirements=Tests/EndToEnd/requirements.txt
    if [ ! -x "$folder/bin/python" ] || ! cmp -s "$requirements" "$folder/requirements.txt"; then
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
        cp "$requirements" "$folder/requirements.txt"
    fi
    ;;
peers)
    # The established packages that `make compare` runs beside Weir. Two do not install together with the others: one
    # asks for libraries that it does not need here, one must have the version of the XGBoost library that Weir links.
    folder=$2
    requirements=Benchmarks/peers/requirements.txt
    if [ ! -x "$folder/bin/python" ] || ! cmp -s "$requirements" "$folder/requirements.txt"; then
        install_packages python3-venv -- python
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --ignore-requires-python obp==0.5.7
        rm -rf "$folder/xgboost-1.7.4"
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps --target "$folder/xgboost-1.7.4" xgboost==1.7.4
        cp "$requirements" "$folder/requirements.txt"
    fi
    ;;
fuzz)
    [ "$(uname)" = Linux ] || { echo "Decoders are fuzzed on Linux only, where Swift's toolchain has libFuzzer."; exit 1; }
    runtime=$(dirname "$(readlink -f "$(command -v swiftc)")")/../lib/clang
    if ! find -L "$runtime" -name 'libclang_rt.fuzzer-*.a' | grep -q .; then
        echo "This Swift toolchain has no libFuzzer. Install the whole one: https://www.swift.org/install"
        exit 1
    fi
    folder=$2
    requirements=Fuzzing/requirements.txt
    if [ ! -x "$folder/bin/python" ] || ! cmp -s "$requirements" "$folder/requirements.txt"; then
        python3 -m venv "$folder"
        "$folder/bin/pip" install --quiet --disable-pip-version-check -r "$requirements"
        cp "$requirements" "$folder/requirements.txt"
    fi
    ;;
*)
    echo "usage: $0 libraries | tests | bench | counts | python FOLDER | peers FOLDER | fuzz FOLDER"
    exit 2
    ;;
esac
