package io.walrus.consensus;

import java.nio.file.Path;

/// A node in a process of its own that echoes on the streams it is asked for, and opens one itself.
///
/// Arguments: data folder, port, the other node's port.
final class ChildPeer {
    private ChildPeer() {}

    static void main(String[] args) throws Exception {
        RaftConfig config = LoneNode.config(Path.of(args[0]), Integer.parseInt(args[1]));
        try (LoneNode _ = LoneNode.start(config, Streams.Echo::new);
                PeerDialler dialler = new PeerDialler()) {
            Streams.send(dialler.open("127.0.0.1", Integer.parseInt(args[2]), new Streams()), new byte[5]);
            System.out.println("ready");
            System.in.read();
        }
    }
}
