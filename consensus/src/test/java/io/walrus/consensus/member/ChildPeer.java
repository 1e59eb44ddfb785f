package io.walrus.consensus.member;

import io.walrus.consensus.Echo;
import io.walrus.consensus.RaftConfig;
import java.nio.file.Path;

/// A node in a process of its own that answers on the channels it is asked for, and opens one itself.
///
/// Arguments: data folder, port, the other node's port.
final class ChildPeer {
    private ChildPeer() {}

    static void main(String[] args) throws Exception {
        RaftConfig config = LoneNode.config(Path.of(args[0]), Integer.parseInt(args[1]));
        try (LoneNode node = LoneNode.start(config, new Echo())) {
            Echo.ask(node.peers.connect("127.0.0.1:" + args[2]), 5);
            System.out.println("ready");
            System.in.read();
        }
    }
}
