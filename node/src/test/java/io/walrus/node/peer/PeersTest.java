package io.walrus.node.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.Command;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Replica;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.PeerMessage.Answer;
import io.walrus.node.peer.PeerMessage.Hello;
import io.walrus.node.peer.PeerMessage.State;
import io.walrus.transport.PeerChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeersTest {
    private static final UUID CLUSTER = new UUID(1, 1);
    private static final long ALIVE_MS = 1_000;
    private static final long SILENCE_MS = 3_000;
    private static final long TICK_MS = 100;

    private final List<String> lost = new ArrayList<>();
    private final List<PeerChannel> opened = new ArrayList<>();
    private long nowMs;
    private final Now now = new Now();
    private final MetadataView view = new MetadataView(new Replica(2, new UUID(2, 2)), new UUID(3, 2));
    private final Terms terms = new Terms(1_000, 3, 2_000, 1_000);
    private final Peers peers = new Peers(view, now, this::connect, ns(ALIVE_MS), ns(SILENCE_MS), terms);

    @Test
    void onlyWhatCanBeAskedElsewhereIsGivenUpWhenAPeerSaysNothing() {
        Peer peer = connected();
        peer.ask(id -> new State(id, 1), new Question("patient", false), 0, ns(10_000));
        peer.ask(id -> new State(id, 1), new Question("impatient", true), 0, ns(10_000));

        tickUntil(ALIVE_MS);
        assertThat(lost).isEmpty();
        assertThat(peer.isAlive()).isTrue();

        tickUntil(ALIVE_MS + TICK_MS);
        assertThat(lost).containsExactly("impatient: node 1 says nothing");
        assertThat(peer.isAlive()).isFalse();
        assertThat(peer.isConnected()).isTrue();

        tickUntil(SILENCE_MS + TICK_MS);
        assertThat(lost).containsExactly("impatient: node 1 says nothing", "patient: node 1 says nothing");
        assertThat(peer.isConnected()).isFalse();
    }

    @Test
    void aPeerThatIsHeardAgainIsAlive() {
        Peer peer = connected();
        tickUntil(ALIVE_MS + TICK_MS);
        assertThat(peer.isAlive()).isFalse();

        hear(new PeerMessage.Ping(), ALIVE_MS + TICK_MS);
        assertThat(peer.isAlive()).isTrue();
    }

    @Test
    void whatANodeSaysOfItselfIsKnownWhenItIsConnected() {
        assertThat(peers.allTake(1_000)).isTrue();
        assertThat(peers.allTake(1_001)).isFalse();
        Peer peer = connected();
        assertThat(peer.maxEntryBytes()).isEqualTo(1_000);

        hear(new Hello(1, CLUSTER, new Terms(900, 3, 2_000, 1_000)), 1);
        assertThat(peer.maxEntryBytes()).isEqualTo(900);
        assertThat(peers.allTake(900)).isTrue();
        assertThat(peers.allTake(901)).isFalse();
    }

    @Test
    void settingsThatDifferAreNamedWithBothValues() {
        assertThat(terms.differences(new Terms(1, 3, 2_000, 1_000))).isEmpty();
        assertThat(terms.differences(new Terms(1_000, 2, 2_000, 500)))
                .containsExactly("--replication-factor 3 and 2", "--node-timeout-ms 1000 and 500");
    }

    private Peer connected() {
        ClusterState state = ClusterState.EMPTY
                .apply(new Command.InitCluster(CLUSTER))
                .state()
                .apply(new Command.UpsertNode(new NodeInfo(1, "a:1", "a:2", new UUID(2, 1), new UUID(3, 1))))
                .state();
        view.follow(state);
        peers.follow(ClusterState.EMPTY);
        peers.tick();
        hear(new Hello(1, CLUSTER, terms), 0);
        Peer peer = Objects.requireNonNull(peers.find(1));
        assertThat(peer.isConnected()).isTrue();
        return peer;
    }

    private void hear(PeerMessage message, long atMs) {
        Batch batch = new Batch(new SendBuffers());
        PeerCodec.encode(message, batch);
        now.set(0, ns(atMs));
        peers.received(opened.getLast(), batch.take());
    }

    /// From one tick to the next as long as in a process that runs: after a pause of its own it would not know.
    private void tickUntil(long ms) {
        while (nowMs < ms) {
            nowMs += TICK_MS;
            now.set(0, ns(nowMs));
            peers.tick();
        }
    }

    private PeerChannel connect(String address) {
        PeerChannel channel = new Silence();
        opened.add(channel);
        return channel;
    }

    private static long ns(long ms) {
        return TimeUnit.MILLISECONDS.toNanos(ms);
    }

    private final class Question implements PendingAnswer {
        private final String name;
        private final boolean impatient;

        Question(String name, boolean impatient) {
            this.name = name;
            this.impatient = impatient;
        }

        @Override
        public void answered(Answer answer) {
            throw new AssertionError("nobody answers");
        }

        @Override
        public void lost(String reason) {
            lost.add(name + ": " + reason);
        }

        @Override
        public boolean isImpatient() {
            return impatient;
        }
    }
}
