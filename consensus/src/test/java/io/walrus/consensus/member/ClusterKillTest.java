package io.walrus.consensus.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.Ports;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Members in processes of their own, killed whenever.
class ClusterKillTest {
    private static final int MOST_CREATED = 40;
    private static final int RUNS = Integer.getInteger("walrus.kill.runs", 2);
    private static final long SEED = Long.getLong("walrus.kill.seed", System.nanoTime());

    @TempDir
    private Path dir;

    private final Map<Long, Integer> ports = new HashMap<>();
    private final Map<Long, MemberProcess> running = new HashMap<>();

    private MemberProcess member(long id) {
        return Objects.requireNonNull(running.get(id));
    }

    private int port(long id) {
        return Objects.requireNonNull(ports.get(id));
    }

    private MemberProcess start(long id) throws IOException {
        MemberProcess member = MemberProcess.start(dir, id, port(id));
        running.put(id, member);
        return member;
    }

    private void kill(long id) throws InterruptedException {
        member(id).kill();
        running.remove(id);
    }

    @AfterEach
    void stop() {
        running.values().forEach(MemberProcess::close);
    }

    /// Starts processes for these nodes, the first of which founds a cluster; none joined it.
    private void startAll(long... ids) throws IOException {
        for (long id : ids) {
            ports.put(id, Ports.free());
            start(id);
        }
        for (long id : ids) {
            member(id).started();
        }
        assertThat(member(1).ask("found")).isEqualTo("founded");
    }

    private void join(long id, long through) {
        await().pollDelay(Duration.ZERO)
                .atMost(Duration.ofSeconds(30))
                .until(() -> member(id).ask("join " + port(through)).equals("joined"));
    }

    /// A proposal whose end is not known may be made again.
    private void create(MemberProcess on, String topic) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(Duration.ofSeconds(30))
                .until(() -> on.ask("create " + topic).equals("created"));
    }

    private void assertSameState() {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            List<String> states = new ArrayList<>();
            for (MemberProcess member : running.values()) {
                states.add(member.ask("state"));
            }
            assertThat(states).allMatch(states.getFirst()::equals);
        });
    }

    @Test
    void proposalsGoOnWhenTheLeaderIsKilled() throws Exception {
        startAll(1, 2, 3);
        join(2, 1);
        join(3, 1);
        long[] downMs = new long[RUNS];
        for (int run = 0; run < RUNS; run++) {
            long leader = Long.parseLong(member(1 + run % 3).ask("leader"));
            MemberProcess survivor = member(leader % 3 + 1);
            create(survivor, "before-" + run);
            long killedNs = System.nanoTime();
            kill(leader);
            create(survivor, "after-" + run);
            downMs[run] = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killedNs);
            start(leader).started();
            create(member(leader), "back-" + run);
        }
        Arrays.sort(downMs);
        System.out.println(
                "from the kill of the leader to the next proposal committed, ms: " + Arrays.toString(downMs));
        assertSameState();
    }

    /// Lets some time pass with what others do meanwhile.
    private void createSome(Random random, String prefix) throws Exception {
        for (int i = random.nextInt(MOST_CREATED); i > 0; i--) {
            create(member(2), prefix + i);
        }
    }

    @Test
    void aJoinInterruptedByAKillIsResumed() throws Exception {
        Random random = new Random(SEED);
        System.out.println("seed " + SEED);
        startAll(1, 2, 3);
        join(2, 1);
        // The one that joins, at any moment of its joining.
        member(3).command("join " + port(1));
        createSome(random, "first-");
        kill(3);
        start(3).started();
        join(3, 2);
        create(member(3), "three");
        // The leader, at any moment of a joining.
        ports.put(4L, Ports.free());
        start(4).started();
        member(4).command("join " + port(2));
        createSome(random, "second-");
        kill(1);
        assertThat(member(4).answer()).doesNotContain("Refused");
        start(1).started();
        join(4, 3);
        create(member(4), "four");
        create(member(1), "one");
        assertSameState();
    }

    /// The leader begins to remove a node and gets no further, as the other voter stands still.
    ///
    /// @return whether it began
    private boolean beginsToRemove(long id) throws Exception {
        long leader = Long.parseLong(member(1).ask("leader"));
        if (leader == 0) {
            return false;
        }
        MemberProcess other = member(3 - leader);
        other.pause();
        String answer = member(leader).ask("remove " + id);
        other.resume();
        return answer.contains("NotYet") && !answer.contains("can only be removed");
    }

    /// That leader sends on to the node that is not a member any more.
    @Test
    void aNodeIsTakenInAgainWhoseRemovalOnlyTheNextLeaderEnded() throws Exception {
        startAll(1, 2, 3);
        join(2, 1);
        join(3, 1);
        create(member(2), "before");
        kill(3);
        await().pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(30)).until(() -> beginsToRemove(3));
        Folders.delete(dir.resolve("node3"));
        start(3).started();
        join(3, 2);
        create(member(3), "after");
        assertSameState();
    }
}
