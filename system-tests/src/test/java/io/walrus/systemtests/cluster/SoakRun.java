package io.walrus.systemtests.cluster;

import io.walrus.systemtests.cluster.SoakFault.Kind;
import io.walrus.testkit.cluster.SimRequest;
import io.walrus.testkit.cluster.SimRequest.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The course of faults: period after period, at least one in four of them calm, until the time is over.
final class SoakRun {
    private static final List<Kind> TO_NODES = List.of(
            Kind.KILL,
            Kind.KILL_TWO,
            Kind.KILL_ALL,
            Kind.STOP,
            Kind.PAUSE,
            Kind.LONG_PAUSE,
            Kind.FULL_DISK,
            Kind.FROZEN_DISK);
    private static final List<Kind> TO_LINKS = List.of(Kind.ISOLATE, Kind.CUT, Kind.CUT_ONE_WAY);
    private static final int CALM_PERCENT = 20;
    private static final int CALM_MIN_MS = 1_000;
    private static final int CALM_MAX_MS = 5_000;

    private final Cluster cluster;
    private final FaultInjector injector;
    private final SoakClients clients;
    private final SplittableRandom random;
    private final boolean wipes;
    private final long startedNs = System.nanoTime();
    private final List<String> timeline = Collections.synchronizedList(new ArrayList<>());
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
    private int periods;
    private int calm;

    /// @param wipes whether a node may lose its data
    SoakRun(Cluster cluster, FaultInjector injector, SoakClients clients, SplittableRandom random, boolean wipes) {
        this.cluster = cluster;
        this.injector = injector;
        this.clients = clients;
        this.random = random;
        this.wipes = wipes;
    }

    /// Goes on until that much time has passed, then mends all there is to be mended.
    void run(Duration time) throws IOException {
        while (System.nanoTime() - startedNs < time.toNanos()) {
            List<SoakFault> faults = choose();
            periods++;
            if (faults.isEmpty()) {
                calm++;
                awaitStrength();
                note("calm");
                clients.letWork(between(CALM_MIN_MS, CALM_MAX_MS));
            } else {
                period(faults);
            }
        }
        awaitStrength();
    }

    /// What went wrong when.
    List<String> timeline() {
        return List.copyOf(timeline);
    }

    /// How many periods there were, and faults of each kind.
    String counts() {
        return "%d periods, %d of them calm, faults %s".formatted(periods, calm, counts);
    }

    void note(String what) {
        timeline.add(time(System.nanoTime()) + "  " + what);
    }

    /// When something was, as the timeline has it.
    String time(long atNs) {
        return "%,9d ms".formatted((atNs - startedNs) / 1_000_000);
    }

    /// Waits until all nodes serve as voters, and each of them takes entries for each topic; where data may be lost,
    /// until all copies are there, too.
    void awaitStrength() {
        for (int id : cluster.ids()) {
            cluster.node(id).awaitServing();
        }
        cluster.awaitVoters(cluster.ids());
        for (int id : cluster.ids()) {
            for (String topic : clients.topics()) {
                Cluster.await("node " + id + " takes entries for " + topic, () -> isTaken(id, topic));
            }
        }
        if (wipes) {
            cluster.awaitAllCopies();
        }
        injector.requireRunning();
        note("full strength");
    }

    private boolean isTaken(int id, String topic) {
        try (RecordedConnection connection = clients.connect(id)) {
            SimRequest put = connection.ask(clients.put(topic, 10));
            return put.outcome() == Outcome.OK;
        } catch (IOException _) {
            return false;
        }
    }

    private List<SoakFault> choose() {
        boolean mustBeCalm = 4 * calm < periods;
        int dice = random.nextInt(100);
        if (mustBeCalm || dice < CALM_PERCENT) {
            return List.of();
        }
        if (dice < 60) {
            return List.of(any(TO_NODES));
        }
        if (dice < 80) {
            return List.of(any(TO_LINKS));
        }
        if (dice < 90 && wipes) {
            return List.of(fault(Kind.WIPE));
        }
        return List.of(any(TO_NODES), any(TO_LINKS));
    }

    private SoakFault any(List<Kind> kinds) {
        return fault(kinds.get(random.nextInt(kinds.size())));
    }

    private SoakFault fault(Kind kind) {
        int[] ids = cluster.ids();
        if (kind == Kind.FROZEN_DISK) {
            int node = injector.freezableNode();
            return node == 0 ? fault(Kind.FULL_DISK) : new SoakFault(kind, node, 1 + node % ids.length);
        }
        int node = random.nextInt(ids.length);
        int other = (node + 1 + random.nextInt(ids.length - 1)) % ids.length;
        return new SoakFault(kind, ids[node], ids[other]);
    }

    private void period(List<SoakFault> faults) throws IOException {
        SoakFault first = faults.getFirst();
        if (first.kind() == Kind.WIPE || first.kind() == Kind.STOP || random.nextInt(4) == 0) {
            awaitStrength();
        }
        for (SoakFault fault : faults) {
            counts.merge(fault.kind(), 1, Integer::sum);
            note(fault.toString());
            injector.begin(fault);
        }
        List<SoakFault> toEnd = new ArrayList<>(faults);
        if (random.nextBoolean()) {
            Collections.reverse(toEnd);
        }
        for (SoakFault fault : toEnd) {
            clients.letWork(between(fault.minMs(), fault.maxMs()));
            note("end of " + fault);
            injector.end(fault);
        }
        // What comes next may find the nodes still busy with this.
        clients.letWork(between(0, 2_000));
        injector.requireRunning();
    }

    /// Most often a short time.
    private long between(int minMs, int maxMs) {
        return minMs + random.nextLong(Math.max(1, (maxMs - minMs) >> random.nextInt(3)));
    }
}
