#!/bin/sh
# Starts a Blender that was taken from another computer with all its libraries: by its own loader, so that nothing
# depends on what this system has. Blender finds its scripts and data in the folder of its version, beside the loader.
here=${0%/*}
here=$(CDPATH= cd -- "${here:-/}" && pwd) || exit 1
vendors=
# NVIDIA's driver belongs to the computer with the card, and goes before the software renderer that came along.
for file in /etc/glvnd/egl_vendor.d/10_nvidia.json /usr/share/glvnd/egl_vendor.d/10_nvidia.json; do
  [ -e "$file" ] && vendors="$vendors$file:"
done
for file in "$here"/glvnd/*.json; do
  [ -e "$file" ] && vendors="$vendors$file:"
done
export __EGL_VENDOR_LIBRARY_FILENAMES="${vendors%:}"
export LIBGL_DRIVERS_PATH="$here/lib/dri"
export GCONV_PATH="$here/lib/gconv"
# The loader's word for libraries holds in this process alone; what the system's own programs find stays theirs.
unset LD_LIBRARY_PATH LD_PRELOAD
exec "$here/loader" --library-path "$here/lib" "$here/blender.bin" "$@"
