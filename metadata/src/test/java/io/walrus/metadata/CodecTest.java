package io.walrus.metadata;

import static io.walrus.metadata.Fixtures.CLUSTER;
import static io.walrus.metadata.Fixtures.cluster;
import static io.walrus.metadata.Fixtures.node;
import static io.walrus.metadata.Fixtures.replicas;
import static io.walrus.metadata.Fixtures.seal;
import static io.walrus.metadata.Fixtures.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.metadata.Command.Batch;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Command.DeleteTopic;
import io.walrus.metadata.Command.InitCluster;
import io.walrus.metadata.Command.RemoveNode;
import io.walrus.metadata.Command.SealSegment;
import io.walrus.metadata.Command.SetNodeStatus;
import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Command.TrimTopic;
import io.walrus.metadata.Command.UpsertNode;
import io.walrus.metadata.Result.BatchResult;
import io.walrus.metadata.Result.Created;
import io.walrus.metadata.Result.Exists;
import io.walrus.metadata.Result.Ok;
import io.walrus.metadata.Result.Rejected;
import io.walrus.metadata.Result.Sealed;
import io.walrus.metadata.Result.Stale;
import io.walrus.metadata.Result.UnknownTopic;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

/// The encodings stand in logs and snapshots on users' disks, so their bytes are pinned in `encodings.txt`. A new
/// format gets a new version beside these lines; it never replaces them.
class CodecTest {
    private static final HexFormat HEX = HexFormat.of();

    private static final SealSegment SEAL =
            new SealSegment(1, 2, 12, 10, 1234, Map.of("shared", new CursorPosition(2, 9)), 2, replicas(2, 1));
    private static final TopicView VIEW = new TopicView(
            3,
            "lögs",
            new OpenSegment(5, 1, replicas(1, 2), TreePMap.singleton("shared", new CursorPosition(4, 2))),
            77);

    private static final List<Command> COMMANDS = List.of(
            new InitCluster(CLUSTER),
            new UpsertNode(node(1)),
            new RemoveNode(2),
            new CreateTopic("lögs", 3),
            SEAL,
            new TrimTopic(1, 2),
            new DeleteTopic(1),
            new Batch(List.of(new RemoveNode(3), new DeleteTopic(4))),
            new SetNodeStatus(1, null, NodeStatus.LEAVING),
            new SetNodeStatus(1, NodeStatus.GONE, NodeStatus.ACTIVE),
            new SetReplicas(1, 2, 3, replicas(1, 2)));

    private static final List<Result> RESULTS = List.of(
            new Ok(),
            new Created(VIEW),
            new Exists(VIEW),
            new Sealed(VIEW),
            new Stale(VIEW),
            new UnknownTopic(9),
            new Rejected("no"),
            new BatchResult(List.of(new Ok(), new UnknownTopic(1))));

    private static ClusterState sample() {
        ClusterState state = cluster(2).apply(new CreateTopic("lögs", 2)).state();
        state = state.apply(seal(topic(state, "lögs"), 4)).state();
        state = state.apply(new SealSegment(1, 2, 9, 8, 7, Map.of("shared", new CursorPosition(2, 3)), 1, replicas(1)))
                .state();
        state = state.apply(new TrimTopic(1, 2)).state();
        return state.apply(new Batch(List.of(new CreateTopic("b", 1), new CreateTopic("c", 1), new DeleteTopic(2))))
                .state();
    }

    /// The sample, and what only version 2 of a snapshot can tell.
    private static ClusterState moved() {
        return sample().apply(new Batch(List.of(
                        new SetNodeStatus(1, null, NodeStatus.LEAVING),
                        new UpsertNode(node(3)),
                        new SetNodeStatus(3, null, NodeStatus.GONE),
                        new SetReplicas(1, 2, 0, replicas(2, 1)))))
                .state();
    }

    private static byte[] snapshot(ClusterState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            SnapshotCodec.write(state, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return bytes.toByteArray();
    }

    private static ClusterState read(byte[] snapshot) throws IOException {
        return SnapshotCodec.read(new ByteArrayInputStream(snapshot));
    }

    private static List<byte[]> encodings() {
        List<byte[]> all = new ArrayList<>();
        COMMANDS.forEach(command -> all.add(CommandCodec.encode(command)));
        RESULTS.forEach(result -> all.add(ResultCodec.encode(result)));
        all.add(snapshot(ClusterState.EMPTY));
        all.add(snapshot(sample()));
        all.add(snapshot(moved()));
        return all;
    }

    @Test
    void encodingsAreTheRecordedBytes() throws IOException {
        String found = encodings().stream().map(HEX::formatHex).collect(Collectors.joining("\n", "", "\n"));
        try (InputStream golden = CodecTest.class.getResourceAsStream("encodings.txt")) {
            assertThat(golden).isNotNull();
            assertThat(found).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    @Test
    void whatIsDecodedIsWhatWasEncoded() throws IOException {
        for (Command command : COMMANDS) {
            assertThat(CommandCodec.decode(CommandCodec.encode(command))).isEqualTo(command);
        }
        for (Result result : RESULTS) {
            assertThat(ResultCodec.decode(ResultCodec.encode(result))).isEqualTo(result);
        }
        assertThat(read(snapshot(sample()))).isEqualTo(sample());
        assertThat(read(snapshot(moved()))).isEqualTo(moved());
        assertThat(read(snapshot(ClusterState.EMPTY))).isEqualTo(ClusterState.EMPTY);
    }

    /// What the first version wrote lies on users' disks.
    @Test
    void snapshotsOfTheFirstVersionAreStillRead() throws IOException {
        try (InputStream recorded = CodecTest.class.getResourceAsStream("snapshots-1.txt")) {
            assertThat(recorded).isNotNull();
            List<String> lines = new String(recorded.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList();
            assertThat(read(HEX.parseHex(lines.get(0)))).isEqualTo(ClusterState.EMPTY);
            assertThat(read(HEX.parseHex(lines.get(1)))).isEqualTo(sample());
        }
    }

    @Test
    void truncatedExtendedAndFutureMessagesAreMalformed() {
        for (Command command : COMMANDS) {
            byte[] bytes = CommandCodec.encode(command);
            for (int length = 0; length < bytes.length; length++) {
                byte[] cut = Arrays.copyOf(bytes, length);
                assertThatThrownBy(() -> CommandCodec.decode(cut)).isInstanceOf(MalformedException.class);
            }
            byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
            assertThatThrownBy(() -> CommandCodec.decode(longer)).isInstanceOf(MalformedException.class);
            bytes[0] = 2;
            assertThatThrownBy(() -> CommandCodec.decode(bytes))
                    .isInstanceOf(MalformedException.class)
                    .hasMessageContaining("unknown version 2");
        }
    }

    @Test
    void randomBytesNeverDecodeToAnythingButACommandOrMalformed() {
        long seed = Long.getLong("walrus.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = CommandCodec.encode(COMMANDS.get(random.nextInt(COMMANDS.size())));
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                CommandCodec.decode(bytes);
            } catch (MalformedException expected) {
                assertThat(expected.getMessage()).as("seed %d", seed).isNotEmpty();
            }
        }
    }

    @Test
    void everyFlippedBitOfASnapshotIsNoticed() {
        byte[] bytes = snapshot(sample());
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> read(damaged)).as("bit %d", bit).isInstanceOf(MalformedException.class);
        }
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> read(cut)).as("length %d", length).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> read(Arrays.copyOf(bytes, bytes.length + 1))).isInstanceOf(MalformedException.class);
    }

    @Test
    void aHundredThousandTopicsOfTenSegmentsPassThroughASnapshot() throws IOException {
        TreePMap<Long, Topic> topics = TreePMap.empty();
        TreePMap<String, Long> ids = TreePMap.empty();
        OpenSegment open = new OpenSegment(11, 1, replicas(1), TreePMap.empty());
        TreePMap<Long, SealedSegment> sealed = TreePMap.empty();
        for (long number = 1; number <= 10; number++) {
            sealed = sealed.plus(number, new SealedSegment(number, 5, 5, 500, 1, replicas(1), 0));
        }
        for (long id = 1; id <= 100_000; id++) {
            topics = topics.plus(id, new Topic(id, "topic-" + id, sealed, open, 50, 0));
            ids = ids.plus("topic-" + id, id);
        }
        ClusterState state = new ClusterState(
                1_000_000,
                CLUSTER,
                cluster(1).nodes(),
                TreePMap.singleton(1L, NodeStatus.LEAVING),
                SegmentCounts.of(topics.values()),
                topics,
                ids,
                100_001);
        byte[] bytes = snapshot(state);
        assertThat(bytes.length).isLessThan(64 << 20);
        AtomicLong handedOut = new AtomicLong();
        InputStream counted = new InputStream() {
            private final ByteArrayInputStream in = new ByteArrayInputStream(bytes);

            @Override
            public int read() {
                return in.read();
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                int count = in.read(target, offset, Math.min(length, 1000));
                handedOut.addAndGet(Math.max(count, 0));
                return count;
            }
        };
        assertThat(SnapshotCodec.read(counted)).isEqualTo(state);
        assertThat(handedOut.get()).isEqualTo(bytes.length);
    }
}
