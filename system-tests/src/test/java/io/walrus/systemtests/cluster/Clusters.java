package io.walrus.systemtests.cluster;

import io.walrus.testkit.process.NodeSetup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// The clusters of a test class, and the networks they run in: when a test fails, shows what their nodes said last;
/// and leaves none of them behind.
///
/// As a static field it keeps them for all tests of the class, else for one.
final class Clusters implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private final List<Cluster> clusters = new ArrayList<>();
    private final List<Network> networks = new ArrayList<>();
    private boolean shared;

    /// A cluster of that many nodes, none of which runs yet.
    Cluster of(int size, Path folder) {
        return of(size, folder, setup -> setup);
    }

    Cluster of(int size, Path folder, UnaryOperator<NodeSetup> adapted) {
        Cluster cluster = new Cluster(folder, size, adapted);
        clusters.add(cluster);
        return cluster;
    }

    /// A network for nodes 1 to `nodes`.
    Network network(int nodes) throws IOException {
        Network network = new Network(nodes);
        networks.add(network);
        return network;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        shared = true;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        show(context);
        if (!shared) {
            close();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        show(context);
        close();
    }

    private void show(ExtensionContext context) {
        if (context.getExecutionException().isPresent()) {
            System.err.println("== " + context.getDisplayName() + " failed; what the nodes said last:");
            clusters.forEach(cluster -> System.err.println(cluster.lastWords()));
        }
    }

    private void close() throws IOException {
        for (Cluster cluster : clusters) {
            cluster.close();
        }
        clusters.clear();
        for (Network network : networks) {
            network.close();
        }
        networks.clear();
    }
}
