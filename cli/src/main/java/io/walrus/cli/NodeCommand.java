package io.walrus.cli;

import io.walrus.cli.Terminal.Colour;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.protocol.Request;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Empties nodes, and takes them out of the cluster.
final class NodeCommand {
    private static final long LOOK_AGAIN_MS = 500;

    private final WalrusClient client;
    private final Terminal terminal;

    NodeCommand(WalrusClient client, Terminal terminal) {
        this.client = client;
        this.terminal = terminal;
    }

    /// Has other nodes lead and store in the node's place.
    ///
    /// @param isForced whether it may leave fewer active nodes than copies
    /// @param waits whether to wait until the node is empty
    void drain(long node, boolean isForced, boolean waits) throws Failure, InterruptedException {
        done(new Request.Drain(node, isForced));
        if (waits) {
            awaitEmpty(node);
        }
        terminal.print("OK", Colour.GREEN);
    }

    void resume(long node) throws Failure, InterruptedException {
        done(new Request.Resume(node));
        terminal.print("OK", Colour.GREEN);
    }

    /// Empties the node unless another removal got further, and takes it out.
    void remove(long node, boolean isForced) throws Failure, InterruptedException {
        if (cluster().replicas(node) != null) {
            done(new Request.Drain(node, isForced));
            awaitEmpty(node);
        }
        done(new Request.Remove(node));
        terminal.print("OK", Colour.GREEN);
    }

    private void awaitEmpty(long node) throws Failure, InterruptedException {
        long told = -1;
        while (true) {
            Long left = cluster().replicas(node);
            if (left == null || left == 0) {
                terminal.say("node " + node + " is empty");
                return;
            }
            if (left != told) {
                told = left;
                terminal.say("node " + node + ": " + left + (left == 1 ? " segment" : " segments") + " to go");
            }
            Thread.sleep(LOOK_AGAIN_MS);
        }
    }

    ClusterTable cluster() throws Failure, InterruptedException {
        ByteBuffer json = done(new Request.Cluster());
        try {
            return new ClusterTable(StandardCharsets.UTF_8.decode(json).toString());
        } catch (IllegalArgumentException _) {
            throw new Failure(Failure.CANNOT_CONNECT, "walrus-cli: the node's reply to CLUSTER can't be read");
        }
    }

    private ByteBuffer done(Request request) throws Failure, InterruptedException {
        return switch (client.ask(request)) {
            case Outcome.Done(ByteBuffer payload) -> payload == null ? ByteBuffer.allocate(0) : payload.duplicate();
            case Outcome.Empty() -> ByteBuffer.allocate(0);
            case Outcome.Failed failed -> throw Failure.of(failed);
        };
    }
}
