package io.walrus.testkit.cluster;

import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.repair.CopyFigures;
import io.walrus.testkit.cluster.SimRequest.Kind;
import io.walrus.testkit.cluster.SimRequest.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// One run: a cluster at work while things go wrong, then a while in which nothing does and all has to come right
/// again, and a look at everything that is stored.
public final class ClusterSimulation {
    private static final int MAX_READ_AGAIN = 20;

    private static final long CALM_NS = 120_000 * ClusterSetup.MS;
    /// Several heartbeats.
    private static final long HEARD_NS = 500 * ClusterSetup.MS;
    private static final long RECOVERY_NS = 10_000 * ClusterSetup.MS;
    private static final int STATES = 10;
    private static final int MAX_DRAINING_GETS = 100_000;

    private final ClusterWorld world;
    private final Timeline timeline;
    private final Chaos chaos;
    private final List<SimClient> clients;

    private ClusterSimulation(long seed, ClusterOptions options) {
        world = new ClusterWorld(seed, options);
        timeline = world.timeline();
        chaos = new Chaos(world);
        clients = IntStream.range(0, world.setup().clients())
                .mapToObj(_ -> new SimClient(world))
                .toList();
    }

    /// Simulates a cluster.
    ///
    /// @param seed of all chance; the same one gives the same run
    /// @throws ClusterFailure if the cluster broke its word
    public static SimulationReport run(long seed, ClusterOptions options) {
        ClusterSimulation simulation = new ClusterSimulation(seed, options);
        try {
            return simulation.run();
        } catch (RuntimeException | AssertionError e) {
            throw new ClusterFailure(
                    e instanceof ClusterFailure failure ? failure.promise() : BrokenPromise.NODE_BROKE,
                    "%s%n  run again with -Dwalrus.sim.seed=%d -Dwalrus.sim.seeds=1 (%s)%n  %s%n    %s"
                            .formatted(
                                    e.getMessage(),
                                    seed,
                                    options,
                                    simulation.world.setup(),
                                    simulation.timeline.story()),
                    e);
        }
    }

    /// A number that is the same whenever the same seed is run.
    static long fingerprint(long seed, ClusterOptions options) {
        ClusterSimulation simulation = new ClusterSimulation(seed, options);
        simulation.run();
        return simulation.timeline.fingerprint();
    }

    private SimulationReport run() {
        world.nodes().forEach(SimNode::start);
        electionsGoOn();
        clients.forEach(SimClient::begin);
        chaos.begin();
        boolean _ = timeline.runUntil(() -> false, world.setup().busyNs());
        clients.forEach(SimClient::stop);
        chaos.end();
        await("all requests are answered", () -> clients.stream().noneMatch(SimClient::isWaiting));
        settle();
        outlastFault();
        loseMajority();
        Map<String, List<String>> chains = new TreeMap<>();
        for (String topic : world.setup().topics()) {
            serveEverywhere(topic);
            drain(topic);
            chains.put(topic, read(topic));
        }
        awaitNone("a copy out of place", world.copies()::misplaced);
        await("all nodes know where copies are", this::figuresAreRight);
        world.copies().check();
        boolean lossless = world.options().faults().isEmpty();
        if (lossless) {
            chains.keySet().forEach(this::tellStatesSoon);
        }
        chains.forEach((topic, chain) -> world.history().check(topic, chain, lossless));
        return report();
    }

    private void settle() {
        await(
                "all nodes are up to date",
                () -> world.living().stream()
                        .allMatch(node -> node.isSettled() && node.follower().isUpToDate()));
        await("all broken channels are noticed", () -> !world.network().hasUnnoticedBreaks());
        // One whose disk has just gone on stays stalled until its next tick, and for others until they have heard.
        await(
                "no node is stalled",
                () -> world.living().stream()
                        .allMatch(node -> Objects.requireNonNull(node.life()).isFit()));
        boolean _ = timeline.runUntil(() -> false, timeline.nowNs() + HEARD_NS);
    }

    /// Has one node fail for good, where the others can do without it.
    private void outlastFault() {
        if (world.options().has(ClusterFault.NEVER_MENDED) && world.setup().survivesALossAtAnyTime()) {
            world.setup().topics().forEach(this::serveEverywhere);
            awaitNone("a copy out of place", world.copies()::misplaced);
            if (LastingFault.isBearable(world)) {
                new LastingFault(world).outlast();
                settle();
            }
        }
    }

    /// Has the cluster lose most of its nodes for good, and go on with the others.
    private void loseMajority() {
        if (world.options().has(ClusterFault.LOST_MAJORITY) && world.living().size() > 1) {
            world.setup().topics().forEach(this::serveEverywhere);
            awaitNone("a copy out of place", world.copies()::misplaced);
            LostMajority loss = new LostMajority(world);
            boolean _ = timeline.runUntil(loss::isBearable, timeline.nowNs() + HEARD_NS);
            if (loss.isBearable()) {
                loss.happen();
                settle();
            }
        }
    }

    /// What nodes tell of their copies is so.
    private boolean figuresAreRight() {
        return world.living().stream().allMatch(node -> {
            CopyFigures figures = Objects.requireNonNull(node.life()).copyFigures();
            return figures.segmentsToCopy() == 0
                    && figures.bytesToCopy() == 0
                    && figures.damagedCopies() == 0
                    && figures.underReplicated() == world.copies().underReplicated();
        });
    }

    private SimNode anyLiving() {
        List<SimNode> living = world.living();
        return living.get(timeline.random().nextInt(living.size()));
    }

    private void electionsGoOn() {
        timeline.after(timeline.delayNs(100_000), () -> {
            world.nodes().forEach(SimNode::keepOldDisk);
            world.metadata().tick();
            electionsGoOn();
        });
    }

    private void await(String what, BooleanSupplier condition) {
        if (!timeline.runUntil(condition, timeline.nowNs() + CALM_NS)) {
            throw new ClusterFailure(
                    BrokenPromise.NOT_SERVED, "not in time, though nothing goes wrong any more: " + what);
        }
    }

    private void awaitNone(String what, Supplier<@Nullable String> finding) {
        if (!timeline.runUntil(() -> finding.get() == null, timeline.nowNs() + CALM_NS)) {
            throw new ClusterFailure(
                    BrokenPromise.COPY_MISSING, what + ", though nothing goes wrong any more: " + finding.get());
        }
    }

    /// Asks a node over a connection of its own.
    private void ask(SimNode node, List<SimRequest> requests) {
        SimConnection connection =
                new SimConnection(world.nextConnection(), world, Objects.requireNonNull(node.life()));
        for (SimRequest request : requests) {
            world.history().sent(request);
            connection.send(request);
        }
        await("replies of node " + node.id(), () -> requests.stream().allMatch(SimRequest::isDone));
        connection.lost();
    }

    private SimRequest ask(SimNode node, SimRequest request) {
        ask(node, List.of(request));
        return request;
    }

    /// Every node takes entries again.
    private void serveEverywhere(String topic) {
        for (SimNode node : world.living()) {
            mustBeOk(node, () -> SimRequest.of(Kind.REGISTER, topic, world.nextRequest()));
            mustBeOk(node, () -> SimRequest.put(topic, world.nextRequest(), 10));
        }
    }

    private void mustBeOk(SimNode node, Supplier<SimRequest> request) {
        // Nodes that were told to stop come back, and what they led gets new leaders.
        long untilNs = timeline.nowNs() + RECOVERY_NS;
        SimRequest last = ask(node, request.get());
        while (last.outcome != Outcome.OK && timeline.nowNs() < untilNs) {
            last = ask(node, request.get());
        }
        if (last.outcome != Outcome.OK) {
            throw new ClusterFailure(
                    BrokenPromise.NOT_SERVED,
                    "node " + node.id() + " does not serve, though nothing goes wrong: " + last);
        }
    }

    /// STATE of a quiet topic waits until followers have answered, and not for a node's next tick.
    private void tellStatesSoon(String topic) {
        long sinceNs = timeline.nowNs();
        for (int i = 0; i < STATES; i++) {
            mustBeOk(anyLiving(), () -> SimRequest.of(Kind.STATE, topic, world.nextRequest()));
        }
        long tookNs = timeline.nowNs() - sinceNs;
        if (tookNs > STATES * SimNode.TICK_NS / 2) {
            throw new ClusterFailure(
                    BrokenPromise.NOT_SERVED,
                    STATES + " times STATE of " + topic + " took " + tookNs / ClusterSetup.MS + " ms");
        }
    }

    /// Takes all that GET hands out, from one node or another.
    private void drain(String topic) {
        for (int i = 0; i < MAX_DRAINING_GETS; i++) {
            List<SimRequest> gets = IntStream.range(0, 20)
                    .mapToObj(_ -> SimRequest.of(Kind.GET, topic, world.nextRequest()))
                    .toList();
            ask(anyLiving(), gets);
            for (SimRequest get : gets) {
                if (get.outcome != Outcome.OK && get.outcome != Outcome.EMPTY) {
                    throw new ClusterFailure(BrokenPromise.NOT_SERVED, "GET fails, though nothing goes wrong: " + get);
                }
            }
            if (gets.getLast().outcome == Outcome.EMPTY) {
                break;
            }
        }
        for (SimNode node : world.living()) {
            SimRequest last = ask(node, SimRequest.of(Kind.GET, topic, world.nextRequest()));
            if (last.outcome != Outcome.EMPTY) {
                throw new ClusterFailure(
                        last.outcome == Outcome.OK ? BrokenPromise.OUTDATED : BrokenPromise.NOT_SERVED,
                        "there is more behind the end: " + last);
            }
        }
    }

    /// Reads the whole chain through every node.
    private List<String> read(String topic) {
        List<String> first = read(topic, world.living().getFirst());
        for (SimNode node : world.living()) {
            List<String> other = read(topic, node);
            if (!other.equals(first)) {
                throw new ClusterFailure(
                        BrokenPromise.WRONG_BYTES,
                        "node " + node.id() + " reads another chain of " + topic + " than node "
                                + world.living().getFirst().id() + ": " + other.size() + " entries, not "
                                + first.size());
            }
        }
        return first;
    }

    /// An open segment may be sealed while it is read, so that the next one is stored better, and is not there any more
    /// if it was empty: then all is read again. That can't go on for long when nothing goes wrong any more.
    private List<String> read(String topic, SimNode node) {
        for (int again = MAX_READ_AGAIN; ; again--) {
            Topic metadata = chainOf(topic);
            try {
                return read(metadata, node);
            } catch (ClusterFailure e) {
                boolean isSealed =
                        chainOf(topic).open().number() != metadata.open().number();
                if (!isSealed || again == 0) {
                    throw e;
                }
            }
        }
    }

    private Topic chainOf(String topic) {
        return Objects.requireNonNull(world.metadata().decided().topic(topic));
    }

    private List<String> read(Topic metadata, SimNode node) {
        String topic = metadata.name();
        List<String> chain = new ArrayList<>();
        for (SealedSegment sealed : metadata.sealed().values()) {
            chain.addAll(read(topic, node, sealed.number(), sealed.entries()));
        }
        chain.addAll(read(topic, node, metadata.open().number(), -1));
        return chain;
    }

    /// @param count of a sealed segment's entries, or -1 of the open one, which ends with EMPTY
    private List<String> read(String topic, SimNode node, long segment, long count) {
        long asked = count < 0 ? world.setup().maxSegmentEntries() + 1 : count + 1;
        List<SimRequest> fetches = LongStream.range(0, asked)
                .mapToObj(offset -> SimRequest.fetch(topic, world.nextRequest(), segment, offset))
                .toList();
        ask(node, fetches);
        List<String> entries = new ArrayList<>();
        for (SimRequest fetch : fetches) {
            if (fetch.outcome == Outcome.EMPTY && (count < 0 || entries.size() == count)) {
                return entries;
            }
            if (fetch.outcome != Outcome.OK || fetch.next != entries.size() + 1) {
                throw new ClusterFailure(
                        count < 0 ? BrokenPromise.NOT_SERVED : BrokenPromise.LOST,
                        "entry " + entries.size() + " of segment " + segment + " with " + count
                                + " entries can't be read on node " + node.id() + ": " + fetch);
            }
            entries.add(fetch.payload);
        }
        throw new ClusterFailure(
                BrokenPromise.NOT_SERVED, "segment " + segment + " of " + topic + " has no end on node " + node.id());
    }

    private SimulationReport report() {
        ClusterHistory history = world.history();
        long segments = world.metadata().decided().topics().values().stream()
                .mapToLong(topic -> topic.sealed().size())
                .sum();
        return new SimulationReport(
                1,
                timeline.events(),
                history.count(request -> request.kind == Kind.PUT && request.outcome == Outcome.OK),
                history.count(request -> request.outcome == Outcome.UNKNOWN),
                history.count(request -> request.outcome == Outcome.REFUSED),
                history.count(request -> request.kind == Kind.GET && request.outcome == Outcome.OK),
                segments,
                world.crashes(),
                world.nodes().stream().mapToLong(SimNode::disksLost).sum(),
                world.nodes().stream().allMatch(node -> node.disksLost() > 0) ? 1 : 0,
                world.living().stream()
                        .mapToLong(node ->
                                Objects.requireNonNull(node.life()).copies().madeAnew())
                        .sum());
    }
}
