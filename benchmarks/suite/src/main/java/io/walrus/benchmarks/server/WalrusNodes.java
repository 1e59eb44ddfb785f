package io.walrus.benchmarks.server;

import io.walrus.client.ClientOptions;
import io.walrus.client.NodeAddress;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import io.walrus.testkit.process.NodeCluster;
import io.walrus.testkit.process.NodeProgram;
import io.walrus.testkit.process.NodeSetup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/// Nodes with the settings of the distribution, in a folder of their own. Closing them kills them and removes the
/// folder.
public final class WalrusNodes extends NodeCluster {
    private final WorkFolder folder;

    private WalrusNodes(WorkFolder folder, Path launcher, int size, UnaryOperator<NodeSetup> adapted) {
        super(folder.path(), data -> NodeSetup.of(new NodeProgram.OfLauncher(launcher), data), size, adapted);
        this.folder = folder;
    }

    /// Nodes of which none runs yet.
    public static WalrusNodes define(Path launcher, Path work, int size, UnaryOperator<NodeSetup> adapted)
            throws IOException {
        return new WalrusNodes(WorkFolder.in(work), launcher, size, adapted);
    }

    /// Starts nodes and waits until all of them serve.
    ///
    /// @param flags of each node, beside those that name it
    public static WalrusNodes start(Path launcher, Path work, int size, String... flags) throws IOException {
        WalrusNodes nodes = define(launcher, work, size, setup -> setup.withFlags(flags));
        try {
            nodes.start(nodes.ids());
            return nodes;
        } catch (IOException | RuntimeException | Error e) {
            nodes.close();
            throw e;
        }
    }

    public int size() {
        return ids().length;
    }

    /// Where clients reach a node.
    public InetSocketAddress address(int id) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), setup(id).clientPort());
    }

    /// Where clients reach the nodes, in the order of their ids.
    public List<InetSocketAddress> addresses() {
        return IntStream.of(ids()).mapToObj(this::address).toList();
    }

    /// A client that knows this node only.
    public WalrusClient client(int id) throws IOException {
        return client(List.of(nodeAddress(id)), ClientOptions.DEFAULT);
    }

    /// A client that knows all nodes and begins with this one.
    public WalrusClient clientFrom(int id, ClientOptions options) throws IOException {
        List<NodeAddress> addresses =
                new ArrayList<>(IntStream.of(ids()).mapToObj(this::nodeAddress).toList());
        Collections.rotate(addresses, 1 - id);
        return client(addresses, options);
    }

    private NodeAddress nodeAddress(int id) {
        return new NodeAddress("127.0.0.1", setup(id).clientPort());
    }

    private static WalrusClient client(List<NodeAddress> addresses, ClientOptions options) throws IOException {
        try {
            return WalrusClient.connect(addresses, options);
        } catch (WalrusException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /// What STATE says of a topic, asked of one node.
    public TopicFigures topic(int id, String topic) throws IOException {
        return TopicFigures.of(node(id).ask("STATE " + topic));
    }

    /// Resident memory of each node that runs, in MiB.
    public List<Double> residentMib() throws IOException {
        List<Double> mib = new ArrayList<>();
        for (int id : ids()) {
            mib.add(node(id).residentBytes() / (double) (1 << 20));
        }
        return mib;
    }

    @Override
    public void close() throws IOException {
        super.close();
        folder.close();
    }
}
