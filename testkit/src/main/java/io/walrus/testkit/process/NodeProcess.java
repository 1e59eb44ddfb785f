package io.walrus.testkit.process;

import java.io.IOException;
import java.net.InetSocketAddress;

/// A node that runs in a process of its own. Closing it kills it.
public final class NodeProcess extends ServerProcess {
    private final NodeSetup setup;

    private NodeProcess(NodeSetup setup) throws IOException {
        super("the node in " + setup.dataDirectory(), setup.process());
        this.setup = setup;
    }

    /// Starts a node and waits until it serves.
    static NodeProcess start(NodeSetup setup) throws IOException {
        NodeProcess node = launch(setup);
        try {
            node.awaitServing();
        } catch (RuntimeException | Error e) {
            node.close();
            throw e;
        }
        return node;
    }

    /// Starts a node without waiting for anything.
    public static NodeProcess launch(NodeSetup setup) throws IOException {
        return new NodeProcess(setup);
    }

    public Wire connect() throws IOException {
        return Wire.to(address());
    }

    /// Where clients find it.
    public InetSocketAddress address() {
        return new InetSocketAddress(setup.place().host(), setup.clientPort());
    }

    public int clientPort() {
        return setup.clientPort();
    }

    /// Asks on a connection of its own.
    public WireReply ask(String request) throws IOException {
        try (Wire wire = connect()) {
            return wire.ask(request);
        }
    }

    /// What METRICS says of its part in the cluster.
    public MemberStatus status() throws IOException {
        return MemberStatus.of(ask("METRICS"));
    }

    /// Kills it, unless it has ended, and starts it again on the same folder and ports.
    public NodeProcess restart() throws IOException {
        close();
        return setup.start();
    }

    /// Waits until it answers METRICS.
    public void awaitServing() {
        awaitAlive("it serves", () -> !ask("METRICS").isError());
    }

    /// Waits until it knows a leader of the metadata, and takes these nodes, itself among them, for voters.
    public void awaitVoters(Iterable<Integer> ids) {
        awaitAlive("it knows a leader, and " + ids + " as voters", () -> status().servesWith(ids));
    }
}
