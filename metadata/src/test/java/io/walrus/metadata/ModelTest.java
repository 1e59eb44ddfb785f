package io.walrus.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.Result.BatchResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The state machine against [NaiveModel] on random commands. A failure names its seed; `-Dwalrus.seed=N` replays it.
class ModelTest {
    private static final int RUNS = 60;
    private static final int COMMANDS = 400;

    @Test
    void behavesAsTheNaiveModelOnRandomCommands() throws IOException {
        long first = Long.getLong("walrus.seed", System.nanoTime());
        int runs = Long.getLong("walrus.seed") == null ? RUNS : 1;
        Map<String, Integer> seen = new TreeMap<>();
        for (long seed = first; seed < first + runs; seed++) {
            run(seed, seen);
        }
        if (runs > 1) {
            assertThat(seen.keySet())
                    .contains("Ok", "Created", "Exists", "Sealed", "Stale", "UnknownTopic", "Rejected");
        }
    }

    /// Unchanged means the same object, not an equal one.
    @SuppressWarnings("ReferenceEquality")
    private static void run(long seed, Map<String, Integer> seen) throws IOException {
        RandomCommands commands = new RandomCommands(seed);
        NaiveModel model = new NaiveModel();
        ClusterState state = ClusterState.EMPTY;
        for (int step = 0; step < COMMANDS; step++) {
            Command command = commands.next(state);
            String at = "seed " + seed + " step " + step + ": " + command;
            assertThat(CommandCodec.decode(CommandCodec.encode(command))).as(at).isEqualTo(command);
            Applied applied = state.apply(command);
            String kind = kind(applied.result());
            seen.merge(kind, 1, Integer::sum);
            assertThat(kind).as(at).isEqualTo(model.apply(command));
            assertThat(model.difference(applied.state())).as(at).isNull();
            assertThat(applied.changes().isEmpty()).as(at).isEqualTo(applied.state() == state);
            assertThat(applied.state().version() > state.version()).as(at).isEqualTo(applied.state() != state);
            assertThat(changedTopics(state, applied.state())).as(at).isEqualTo(namedTopics(applied));
            assertThat(ResultCodec.decode(ResultCodec.encode(applied.result())))
                    .as(at)
                    .isEqualTo(applied.result());
            state = applied.state();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        SnapshotCodec.write(state, bytes);
        assertThat(SnapshotCodec.read(new ByteArrayInputStream(bytes.toByteArray())))
                .as("seed %d", seed)
                .isEqualTo(state);
    }

    @Test
    void aFateOnceGoneStaysGone() {
        long seed = Long.getLong("walrus.seed", System.nanoTime());
        RandomCommands commands = new RandomCommands(seed);
        ClusterState state = ClusterState.EMPTY;
        for (int step = 0; step < 2_000; step++) {
            ClusterState next = state.apply(commands.next(state)).state();
            for (long topic = 1; topic < state.nextTopicId(); topic++) {
                for (long segment = 1; segment < 8; segment++) {
                    assertThat(successors(state.fate(topic, segment)))
                            .as("seed %d step %d", seed, step)
                            .contains(next.fate(topic, segment));
                }
            }
            state = next;
        }
    }

    private static Set<SegmentFate> successors(SegmentFate fate) {
        return switch (fate) {
            case UNKNOWN -> EnumSet.allOf(SegmentFate.class);
            case OPEN -> EnumSet.of(SegmentFate.OPEN, SegmentFate.SEALED, SegmentFate.GONE);
            case SEALED -> EnumSet.of(SegmentFate.SEALED, SegmentFate.GONE);
            case GONE -> EnumSet.of(SegmentFate.GONE);
        };
    }

    @SuppressWarnings("ReferenceEquality")
    private static Set<Long> changedTopics(ClusterState before, ClusterState after) {
        return Stream.concat(before.topics().keySet().stream(), after.topics().keySet().stream())
                .filter(id -> before.topic(id) != after.topic(id))
                .collect(Collectors.toSet());
    }

    /// Topics a batch both creates and deletes are named by its changes but in neither state.
    private static Set<Long> namedTopics(Applied applied) {
        Set<Long> created = new HashSet<>();
        Set<Long> named = new HashSet<>();
        for (Change change : applied.changes()) {
            switch (change) {
                case Change.TopicCreated(var id) -> {
                    created.add(id);
                    named.add(id);
                }
                case Change.TopicDeleted(var topic) -> {
                    if (created.contains(topic.topicId())) {
                        named.remove(topic.topicId());
                    } else {
                        named.add(topic.topicId());
                    }
                }
                case Change.SegmentSealed sealed -> named.add(sealed.topicId());
                case Change.ReplicasChanged changed -> named.add(changed.topicId());
                case Change.TopicTrimmed trimmed -> named.add(trimmed.topicId());
                case Change.ClusterInitialized _, Change.NodeChanged _, Change.NodeRemoved _ -> {}
                case Change.NodeStatusChanged _ -> {}
            }
        }
        return named;
    }

    private static String kind(Result result) {
        return result instanceof BatchResult(var results)
                ? results.stream().map(ModelTest::kind).collect(Collectors.joining(",", "[", "]"))
                : result.getClass().getSimpleName();
    }
}
