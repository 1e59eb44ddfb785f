package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Mount;
import io.walrus.testkit.process.Folders;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Makes things go wrong on real nodes, each with a network address and a disk of its own, and mends them again.
final class FaultInjector implements AutoCloseable {
    private static final int DISK_MEGABYTES = 768;
    private static final int FREEZABLE = 1;
    private static final int MIN_FREE_MEGABYTES = 16;
    private static final long STOPS_WITHIN_S = 20;
    private final Cluster cluster;
    private final Network network;
    private final List<Mount> disks = new ArrayList<>();
    /// The disk of node 1 if it can be frozen.
    private final @Nullable Mount freezable;
    private boolean frozen;
    /// Nodes whose disk was full, or which had no descriptors: the metadata's log may have ended them.
    private final List<Integer> excused = new ArrayList<>();

    /// Defines the nodes; none of them runs yet.
    ///
    /// @param folder for their disks
    FaultInjector(Cluster cluster, Network network, Path folder, int nodes, int maxSegmentEntries) throws IOException {
        this.cluster = cluster;
        this.network = network;
        this.freezable = Mount.onDeviceIfAllowed(folder.resolve("node1"), folder.resolve("image"), DISK_MEGABYTES);
        for (int id = 1; id <= nodes; id++) {
            int node = id;
            disks.add(
                    id == FREEZABLE && freezable != null
                            ? freezable
                            : Mount.ofMegabytes(folder.resolve("node" + id), DISK_MEGABYTES));
            cluster.define(
                    id,
                    1,
                    setup -> network.place(node, setup)
                            .with("WALRUS_MIN_FREE_BYTES", MIN_FREE_MEGABYTES << 20)
                            .with("WALRUS_MAX_SEGMENT_ENTRIES", maxSegmentEntries)
                            .with("WALRUS_MONITOR_CHECK_MS", 500)
                            // They start often, on a machine that is busy.
                            .with("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"));
        }
    }

    void begin(SoakFault fault) throws IOException {
        int node = fault.node();
        switch (fault.kind()) {
            case KILL, KILL_TWO, KILL_ALL -> cluster.kill9(hit(fault));
            case STOP -> cluster.node(node).terminate(STOPS_WITHIN_S);
            case PAUSE, LONG_PAUSE -> cluster.node(node).pause();
            case ISOLATE -> network.cutOff(node);
            case CUT -> {
                network.cut(node, fault.other());
                network.cut(fault.other(), node);
            }
            case CUT_ONE_WAY -> network.cut(node, fault.other());
            case FULL_DISK -> {
                excused.add(node);
                fill(filler(node));
            }
            case FROZEN_DISK -> {
                Objects.requireNonNull(freezable).freeze();
                frozen = true;
            }
            case WIPE -> {
                cluster.kill9(node);
                wipe(node);
            }
        }
    }

    /// Mends it; a node that was down starts.
    void end(SoakFault fault) throws IOException {
        int node = fault.node();
        switch (fault.kind()) {
            case KILL, KILL_TWO, KILL_ALL, STOP, WIPE -> cluster.launch(hit(fault));
            case PAUSE, LONG_PAUSE -> cluster.node(node).resume();
            case ISOLATE -> network.heal(node);
            case CUT -> {
                network.mend(node, fault.other());
                network.mend(fault.other(), node);
            }
            case CUT_ONE_WAY -> network.mend(node, fault.other());
            case FULL_DISK -> {
                Files.delete(filler(node));
                launchIfEnded(node);
            }
            case FROZEN_DISK -> thaw();
        }
    }

    private void launchIfEnded(int node) throws IOException {
        if (!cluster.runs(node)) {
            cluster.launch(node);
        }
    }

    /// The node whose disk can be frozen, or 0 if there is none.
    int freezableNode() {
        return freezable == null ? 0 : FREEZABLE;
    }

    /// Lets a disk that is frozen go on: before, not even `kill -9` ends its node.
    void thaw() throws IOException {
        if (frozen && freezable != null) {
            frozen = false;
            freezable.thaw();
        }
    }

    /// No node ends by itself. Asked while nothing is wrong.
    void requireRunning() {
        for (int id : cluster.ids()) {
            assertThat(cluster.runs(id) || excused.contains(id))
                    .as("node %d has not ended by itself", id)
                    .isTrue();
        }
    }

    /// Nodes that are down while it lasts.
    private int[] hit(SoakFault fault) {
        return switch (fault.kind()) {
            case KILL_ALL -> cluster.ids();
            case KILL_TWO -> IntStream.of(fault.node(), fault.other()).toArray();
            case KILL, STOP, WIPE -> new int[] {fault.node()};
            case PAUSE, LONG_PAUSE, ISOLATE, CUT, CUT_ONE_WAY, FULL_DISK, FROZEN_DISK -> new int[0];
        };
    }

    private Path filler(int node) {
        return disks.get(node - 1).folder().resolve("filler");
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            if (!String.valueOf(e.getMessage()).contains("No space left")) {
                throw e;
            }
        }
    }

    private void wipe(int node) throws IOException {
        Folders.delete(cluster.setup(node).dataDirectory());
        if (!cluster.setup(node).flags().contains("--join")) {
            cluster.change(node, setup -> setup.withFlags("--join", cluster.raftAddress(node + 1)));
        }
    }

    @Override
    public void close() throws IOException {
        thaw();
        cluster.close();
        for (Mount disk : disks) {
            disk.close();
        }
    }
}
