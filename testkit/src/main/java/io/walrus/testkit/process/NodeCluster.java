package io.walrus.testkit.process;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Nodes of one cluster, each a process with a folder and ports of its own. All but node 1 join it. Closing it kills
/// whatever still runs.
///
/// Used by one thread; connections to it by as many as one likes.
public class NodeCluster implements AutoCloseable {
    private final Path folder;
    private final Function<Path, NodeSetup> usual;
    private final Map<Integer, NodeSetup> setups = new TreeMap<>();
    private final Map<Integer, List<NodeProcess>> runs = new TreeMap<>();

    /// A cluster of that many nodes in a folder; none of them runs yet.
    ///
    /// @param usual the setup of a node in a folder of its own, without its number and the node that it joins
    /// @param adapted what is to be different from the usual in each node's setup
    public NodeCluster(Path folder, Function<Path, NodeSetup> usual, int size, UnaryOperator<NodeSetup> adapted) {
        this.folder = folder;
        this.usual = usual;
        for (int id = 1; id <= size; id++) {
            define(id, 1, adapted);
        }
    }

    /// Adds a node, which is to join another one. It doesn't run yet.
    public final void define(int id, int joined, UnaryOperator<NodeSetup> adapted) {
        NodeSetup own =
                adapted.apply(usual.apply(folder.resolve("node" + id)).withFlags("--node-id", Integer.toString(id)));
        setups.put(id, joined == id ? own : own.withFlags("--join", raftAddress(joined)));
        runs.put(id, new ArrayList<>());
    }

    /// Where other nodes reach it.
    public final String raftAddress(int id) {
        NodeSetup setup = setup(id);
        int advertised = setup.flags().indexOf("--raft-advertise-host");
        return (advertised < 0 ? "127.0.0.1" : setup.flags().get(advertised + 1)) + ":" + setup.raftPort();
    }

    public final NodeSetup setup(int id) {
        return Objects.requireNonNull(setups.get(id), () -> "no node " + id);
    }

    /// From now on the node starts this way.
    public final void change(int id, UnaryOperator<NodeSetup> change) {
        setups.put(id, change.apply(setup(id)));
    }

    public final int[] ids() {
        return setups.keySet().stream().mapToInt(Integer::intValue).toArray();
    }

    public final int[] idsWithout(int id) {
        return Arrays.stream(ids()).filter(other -> other != id).toArray();
    }

    /// Starts some nodes at once, and waits until they serve as voters.
    public final void start(int... ids) throws IOException {
        launch(ids);
        for (int id : ids) {
            node(id).awaitServing();
        }
        awaitVoters(ids);
    }

    /// Starts some nodes at once, and waits for nothing.
    public final void launch(int... ids) throws IOException {
        for (int id : ids) {
            runsOf(id).add(NodeProcess.launch(setup(id)));
        }
    }

    /// Waits until these nodes know a leader and take themselves and each other for voters.
    public final void awaitVoters(int... ids) {
        List<Integer> expected = IntStream.of(ids).boxed().toList();
        for (int id : ids) {
            node(id).awaitVoters(expected);
        }
    }

    public final boolean runs(int id) {
        return !runsOf(id).isEmpty() && node(id).isAlive();
    }

    /// The node's latest process.
    public final NodeProcess node(int id) {
        return runsOf(id).getLast();
    }

    /// All processes that a node has had, in their order.
    public final List<NodeProcess> processes(int id) {
        return Collections.unmodifiableList(runsOf(id));
    }

    /// Process ids of the nodes that run.
    public final List<Long> pids() {
        return IntStream.of(ids())
                .filter(this::runs)
                .mapToObj(id -> node(id).pid())
                .toList();
    }

    public final InetSocketAddress[] addresses(int... ids) {
        return Arrays.stream(ids).mapToObj(id -> node(id).address()).toArray(InetSocketAddress[]::new);
    }

    public final Wire connect(int id) throws IOException {
        return node(id).connect();
    }

    /// Ends nodes as a crash would, all at once.
    public final void kill9(int... ids) {
        Together.run(ids.length, index -> node(ids[index]).kill9());
    }

    /// Asks nodes to stop, all at once.
    public final void terminate(int... ids) {
        Together.run(ids.length, index -> node(ids[index]).terminate());
    }

    /// The node that leads the metadata, as one that runs has it; 0 if that knows none.
    public final int metadataLeader() throws IOException {
        return node(alive()).status().metadataLeader();
    }

    /// A node that runs.
    public final int alive() {
        return Arrays.stream(ids())
                .filter(this::runs)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no node runs"));
    }

    @Override
    public void close() throws IOException {
        for (List<NodeProcess> processes : runs.values()) {
            for (NodeProcess process : processes) {
                process.close();
            }
            processes.clear();
        }
    }

    private List<NodeProcess> runsOf(int id) {
        return Objects.requireNonNull(runs.get(id), () -> "no node " + id);
    }
}
