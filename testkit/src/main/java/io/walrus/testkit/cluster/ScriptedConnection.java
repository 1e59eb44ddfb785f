package io.walrus.testkit.cluster;

import io.walrus.node.topic.ReplySink;
import io.walrus.node.topic.Session;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// A client's connection to one process, which sends what a script says and tells of the replies.
final class ScriptedConnection implements ClientEnd {
    private static final long DELAY_US = 1_000;
    private static final int MAX_UNDER_WAY = 1_000;

    private final Timeline timeline;
    private final SimNode.Life life;
    private final ClusterObserver observer;
    private final Session session;
    private final Deque<String> arrived = new ArrayDeque<>();
    private final Deque<String> underWay = new ArrayDeque<>();
    private boolean open = true;
    private boolean woken;
    /// The last request for which the log had no room.
    private String refused = "";

    ScriptedConnection(ClusterWorld world, SimNode.Life life) {
        this.timeline = world.timeline();
        this.life = life;
        this.observer = world.observer();
        this.session = new Session(life.clientMemory(), MAX_UNDER_WAY, this::wake);
        life.connected(this);
    }

    boolean isOpen() {
        return open;
    }

    /// Sends requests in one piece.
    void send(List<String> requests) {
        timeline.after(
                timeline.delayNs(DELAY_US),
                () -> life.run(() -> {
                    arrived.addAll(requests);
                    process();
                }));
    }

    @Override
    public void process() {
        if (open) {
            deliver();
            while (take() && deliver() > 0) {
                // There is room again.
            }
            deliver();
        }
    }

    /// @return whether requests are left that had no room in the session
    private boolean take() {
        if (arrived.isEmpty() && !session.hasParked()) {
            return false;
        }
        life.node().enter();
        try {
            life.node().resume(session);
            while (!arrived.isEmpty() && session.hasRoom()) {
                String request = arrived.element();
                if (!life.node().request(session, ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)))) {
                    if (!request.equals(refused)) {
                        refused = request;
                        observer.noRoom(life.nodeId(), request);
                    }
                    return false;
                }
                underWay.add(arrived.remove());
            }
            return !arrived.isEmpty();
        } finally {
            life.node().exit();
        }
    }

    private int deliver() {
        return session.deliver(new Sink(), life.node().logFailure());
    }

    @Override
    public void lost() {
        open = false;
        life.disconnected(this);
        underWay.addAll(arrived);
        arrived.clear();
        underWay.forEach(
                request -> observer.answered(life.nodeId(), request, "no reply, the connection is lost", null));
        underWay.clear();
    }

    @Override
    public void pausedUntilNow() {}

    private void wake() {
        if (!woken) {
            woken = true;
            timeline.after(timeline.delayNs(500), () -> {
                woken = false;
                life.run(this::process);
            });
        }
    }

    private final class Sink implements ReplySink {
        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void ok() {
            reply("OK");
        }

        @Override
        public void ok(ByteBuffer payload) {
            reply("OK", payload);
        }

        @Override
        public void okFetched(long nextOffset, ByteBuffer payload) {
            reply("OK, next offset " + nextOffset + ":", payload);
        }

        @Override
        public void json(String body) {
            reply(("OK " + body).strip());
        }

        @Override
        public void empty() {
            reply("EMPTY");
        }

        @Override
        public void error(String message) {
            reply("ERR " + message);
        }

        private void reply(String reply) {
            observer.answered(life.nodeId(), underWay.remove(), reply, null);
        }

        private void reply(String reply, ByteBuffer payload) {
            String text = StandardCharsets.UTF_8.decode(payload).toString();
            observer.answered(life.nodeId(), underWay.remove(), reply, text);
        }
    }
}
