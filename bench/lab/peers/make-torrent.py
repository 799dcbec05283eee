"""usage: make-torrent.py FILE PIECE_BYTES TORRENT"""

import os
import sys

import libtorrent as lt

path, piece_bytes, torrent = sys.argv[1:]
storage = lt.file_storage()
lt.add_files(storage, path)
made = lt.create_torrent(storage, int(piece_bytes), lt.create_torrent.v1_only)
lt.set_piece_hashes(made, os.path.dirname(path))
with open(torrent, "wb") as out:
    out.write(lt.bencode(made.generate()))
