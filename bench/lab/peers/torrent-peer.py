"""One libtorrent peer of the bench: seeds a file, or fetches it and goes on serving until it is killed.

usage: torrent-peer.py TORRENT FOLDER PORT GO [ADDRESS:PORT ...]
Says `ready` when it listens, starts when the file GO is there, says `whole` when it has all.
Peers are told to each other: no tracker, no DHT, no local discovery. All limits are off.
"""

import os
import sys
import time

import libtorrent as lt

torrent, folder, port, go, *others = sys.argv[1:]
session = lt.session(
    {
        "listen_interfaces": f"0.0.0.0:{port}",
        "enable_dht": False,
        "enable_lsd": False,
        "enable_upnp": False,
        "enable_natpmp": False,
        "enable_incoming_utp": False,
        "enable_outgoing_utp": False,
        "upload_rate_limit": 0,
        "download_rate_limit": 0,
        "connections_limit": 1000,
        "connection_speed": 500,
        "unchoke_slots_limit": -1,
        "allow_multiple_connections_per_ip": True,
        "alert_mask": 0,
    }
)
print("ready", flush=True)
while not os.path.exists(go):
    time.sleep(0.005)
handle = session.add_torrent({"ti": lt.torrent_info(torrent), "save_path": folder})
handle.set_max_uploads(-1)
handle.set_max_connections(-1)
for other in others:
    address, other_port = other.rsplit(":", 1)
    handle.connect_peer((address, int(other_port)))
while not handle.status().is_seeding:
    time.sleep(0.02)
print("whole", flush=True)
while True:
    time.sleep(60)
