package io.walrus.testkit.cluster;

import io.walrus.node.peer.MalformedMessageException;
import io.walrus.node.peer.PeerCodec;
import io.walrus.node.peer.PeerMessage;
import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerTransport;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The network between nodes. What is sent on a channel arrives in order and late; what meets a partition waits until
/// it is healed or the channel breaks, as it does with TCP.
final class SimNetwork {
    private static final long DELAY_US = 4_000;
    private static final long NOTICE_US = 400_000;
    /// What is left of a message once it was told: nobody may look at it then.
    private static final byte OVERWRITTEN = 0x55;
    private static final long AGAIN_NS = 150 * ClusterSetup.MS;

    private record Direction(long from, long to) {}

    /// Something that comes to an end of a channel, with the bytes of a message if it is one.
    private static final class Arrival {
        private final byte @Nullable [] message;
        private final Runnable what;

        Arrival(byte @Nullable [] message, Runnable what) {
            this.message = message;
            this.what = what;
        }
    }

    /// What waits for a test to let it go: everything from the first message on of which this is so.
    private static final class Hold {
        private final Predicate<List<PeerMessage>> first;
        private boolean begun;
        private int mayPass;

        Hold(Predicate<List<PeerMessage>> first) {
            this.first = first;
        }
    }

    private final Timeline timeline;
    private final Sabotage sabotage;
    private final ClusterObserver observer;
    private final List<SimNode> nodes;
    private final Runnable healed;
    private final Set<Direction> cut = new HashSet<>();
    private final Map<Direction, Hold> holds = new HashMap<>();
    private final Set<Long> refusing = new HashSet<>();
    private final List<Link> links = new ArrayList<>();
    private int unnoticed;

    /// @param healed run when nodes can reach each other again, before they do
    SimNetwork(ClusterWorld world, Runnable healed) {
        this.healed = healed;
        this.timeline = world.timeline();
        this.sabotage = world.options().sabotage();
        this.observer = world.observer();
        this.nodes = world.nodes();
    }

    /// Whether what one node sends can reach the other.
    boolean reaches(long from, long to) {
        return !cut.contains(new Direction(from, to));
    }

    /// Whether both can reach each other.
    boolean connects(long one, long other) {
        return reaches(one, other) && reaches(other, one);
    }

    /// Whether some end of a broken channel has yet to hear of it.
    boolean hasUnnoticedBreaks() {
        return unnoticed > 0;
    }

    void cut(long from, long to) {
        if (from != to) {
            cut.add(new Direction(from, to));
        }
    }

    void heal(long from, long to) {
        if (cut.remove(new Direction(from, to))) {
            healed.run();
            List.copyOf(links).forEach(Link::deliverHeld);
        }
    }

    void healAll() {
        cut.clear();
        refusing.clear();
        healed.run();
        List.copyOf(links).forEach(Link::deliverHeld);
    }

    /// Has everything from the next message on of which this is so wait, on its way from one node to another.
    void hold(long from, long to, Predicate<List<PeerMessage>> first) {
        holds.put(new Direction(from, to), new Hold(first));
    }

    /// Lets so many of the messages pass that wait.
    void pass(long from, long to, int count) {
        Hold hold = holds.get(new Direction(from, to));
        if (hold != null) {
            hold.mayPass += count;
            List.copyOf(links).forEach(Link::deliverHeld);
        }
    }

    /// Lets everything pass again.
    void release(long from, long to) {
        holds.remove(new Direction(from, to));
        List.copyOf(links).forEach(Link::deliverHeld);
    }

    /// Breaks the channel between two nodes, if there is one.
    void breakBetween(long one, long other) {
        for (Link link : List.copyOf(links)) {
            if (Set.of(link.dialler.nodeId, link.acceptor.nodeId).equals(Set.of(one, other))) {
                link.breakOff("connection reset", NOTICE_US);
            }
        }
    }

    void refuse(long nodeId, boolean refuses) {
        if (refuses) {
            refusing.add(nodeId);
        } else {
            refusing.remove(nodeId);
        }
    }

    /// Breaks one of the channels there are.
    void breakOne() {
        if (!links.isEmpty()) {
            Link link = links.get(timeline.random().nextInt(links.size()));
            timeline.note("the channel " + link + " breaks");
            link.breakOff("connection reset", NOTICE_US);
        }
    }

    /// A node has died, and its channels with it.
    void died(SimNode.Life life) {
        for (Link link : List.copyOf(links)) {
            if (link.dialler.life == life || link.acceptor.life == life) {
                link.breakOff("connection reset", timeline.chance(20) ? 10 * NOTICE_US : NOTICE_US);
            }
        }
    }

    PeerTransport transport(SimNode.Life life) {
        return address -> {
            Link link = new Link(life, ClusterSetup.nodeAt(address));
            links.add(link);
            timeline.after(timeline.delayNs(DELAY_US), link::connect);
            return link.dialler;
        };
    }

    private @Nullable SimNode node(long nodeId) {
        return nodes.stream().filter(node -> node.id() == nodeId).findFirst().orElse(null);
    }

    private static List<PeerMessage> messages(byte[] bytes) {
        try {
            return PeerCodec.decode(ByteBuffer.wrap(bytes));
        } catch (MalformedMessageException e) {
            throw new ClusterFailure(BrokenPromise.NODE_BROKE, "a node sent what can't be read: " + e.getMessage(), e);
        }
    }

    private final class Link {
        private final End dialler;
        private final End acceptor;
        private boolean established;
        private boolean broken;

        Link(SimNode.Life from, long to) {
            dialler = new End(this, from.nodeId());
            dialler.life = from;
            acceptor = new End(this, to);
        }

        void connect() {
            if (broken || dialler.closed) {
                breakOff("given up", NOTICE_US);
                return;
            }
            SimNode target = node(acceptor.nodeId);
            SimNode.Life life = target == null ? null : target.life();
            if (!connects(dialler.nodeId, acceptor.nodeId) || (target != null && target.isPaused())) {
                timeline.after(AGAIN_NS, this::connect);
            } else if (life == null || refusing.contains(acceptor.nodeId)) {
                breakOff("connection refused", DELAY_US);
            } else {
                acceptor.life = life;
                established = true;
                deliverHeld();
            }
        }

        /// Loses all that is under way; either end hears of it at a time of its own.
        void breakOff(String reason, long noticeUs) {
            broken = true;
            links.remove(this);
            dialler.lost();
            acceptor.lost();
            hearsOfEnd(dialler, reason, noticeUs);
            hearsOfEnd(acceptor, reason, noticeUs);
        }

        private void hearsOfEnd(End end, String reason, long noticeUs) {
            unnoticed++;
            timeline.after(timeline.delayNs(noticeUs), () -> {
                unnoticed--;
                end.ended(reason);
            });
        }

        End other(End end) {
            return end == dialler ? acceptor : dialler;
        }

        void deliverHeld() {
            dialler.takeHeld();
            acceptor.takeHeld();
        }

        boolean carries(End to) {
            return established && reaches(other(to).nodeId, to.nodeId);
        }

        @Override
        public String toString() {
            return dialler.nodeId + "-" + acceptor.nodeId;
        }
    }

    /// One node's end of a channel.
    private final class End implements PeerChannel {
        private final Link link;
        private final long nodeId;
        private final Deque<Arrival> held = new ArrayDeque<>();
        private SimNode.@Nullable Life life;
        private boolean closed;
        private long lastArrivalNs;

        End(Link link, long nodeId) {
            this.link = link;
            this.nodeId = nodeId;
        }

        @Override
        public void send(ByteBuffer bytes, Consumer<ByteBuffer> done) {
            byte[] message = new byte[bytes.remaining()];
            bytes.get(message);
            done.accept(bytes);
            if (closed || link.broken) {
                return;
            }
            End to = link.other(this);
            to.arrives(message, () -> to.receive(message));
            if (sabotage == Sabotage.REPEATED_MESSAGES && timeline.chance(5)) {
                to.arrives(message, () -> to.receive(message));
            }
        }

        @Override
        public void close(String reason) {
            if (!closed) {
                closed = true;
                End to = link.other(this);
                to.arrives(null, () -> {
                    links.remove(link);
                    to.ended(reason);
                });
            }
        }

        /// Has something happen here once it has come over the network, behind all that was sent before.
        private void arrives(byte @Nullable [] message, Runnable what) {
            long arrivalNs = timeline.nowNs() + timeline.delayNs(DELAY_US);
            if (sabotage != Sabotage.OVERTAKING_MESSAGES) {
                arrivalNs = Math.max(arrivalNs, lastArrivalNs);
                lastArrivalNs = arrivalNs;
            }
            timeline.at(arrivalNs, () -> {
                held.add(new Arrival(message, what));
                takeHeld();
                if (message != null && !held.isEmpty() && holds.containsKey(direction())) {
                    observer.held(link.other(this).nodeId, nodeId, messages(message));
                }
            });
        }

        private Direction direction() {
            return new Direction(link.other(this).nodeId, nodeId);
        }

        private void takeHeld() {
            while (!held.isEmpty() && !link.broken && link.carries(this) && passes(held.element())) {
                held.remove().what.run();
            }
        }

        private boolean passes(Arrival arrival) {
            Hold hold = holds.get(direction());
            if (hold == null) {
                return true;
            }
            hold.begun |= arrival.message != null && hold.first.test(messages(arrival.message));
            if (hold.begun && hold.mayPass > 0) {
                hold.mayPass--;
                return true;
            }
            return !hold.begun;
        }

        private void receive(byte[] message) {
            SimNode.Life here = life;
            if (here != null) {
                if (!closed && observer.isListening()) {
                    observer.received(link.other(this).nodeId, nodeId, messages(message));
                }
                here.locked(() -> {
                    if (!closed) {
                        byte[] lent = message.clone();
                        here.node().peerMessage(this, ByteBuffer.wrap(lent));
                        Arrays.fill(lent, OVERWRITTEN);
                    }
                });
            }
        }

        /// What waits here will never come.
        private void lost() {
            for (Arrival arrival : held) {
                if (arrival.message != null && holds.containsKey(direction())) {
                    observer.lost(link.other(this).nodeId, nodeId, messages(arrival.message));
                }
            }
            held.clear();
        }

        private void ended(String reason) {
            SimNode.Life here = life;
            if (here != null) {
                here.locked(() -> {
                    if (!closed) {
                        closed = true;
                        here.node().peerClosed(this, reason);
                    }
                });
            }
        }
    }
}
