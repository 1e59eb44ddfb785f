package io.walrus.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.node.Node;
import io.walrus.node.port.Waiters;
import io.walrus.node.topic.ClientMemory;
import io.walrus.node.topic.Session;
import io.walrus.server.config.ClientLimits;
import io.walrus.server.config.ListenerConfig;
import io.walrus.server.listener.ClientListener;
import io.walrus.server.listener.ClientLoops;
import io.walrus.server.log.ReaderPool;
import io.walrus.storage.engine.EngineConfig;
import io.walrus.storage.engine.EngineListener;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.error.StorageException;
import io.walrus.storage.io.Clock;
import io.walrus.storage.io.SystemClock;
import io.walrus.storage.io.ThreadWorkers;
import io.walrus.storage.io.Workers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A node that leads one topic alone, on a real log, with nobody to talk to.
@Timeout(60)
class NodeDriverTest {
    private static final long TICK_NS = TimeUnit.MILLISECONDS.toNanos(100);

    @TempDir
    private Path folder;

    private final LoneNode.Metadata metadata = new LoneNode.Metadata();
    private final Clients clients = new Clients();
    private final Steps steps = new Steps();
    private final Time clock = new Time();
    private final ReaderPool readers = new ReaderPool();
    private final News news = new News();
    private LogEngine log;
    private Node node;

    @BeforeEach
    void open() throws IOException {
        log = LogEngine.open(folder, EngineConfig.builder().minFreeBytes(0).build(), news);
        node = LoneNode.open(log, metadata, clock, readers, clients);
    }

    @AfterEach
    void close() throws IOException {
        readers.close();
        log.close();
    }

    private NodeDriver driver() {
        return NodeDriver.start(node, clients, steps, clock);
    }

    @Test
    void timePassesOnAThreadOfItsOwnWithoutAnyClient() throws InterruptedException {
        CountDownLatch ticks = new CountDownLatch(3);
        metadata.onTick = () -> {
            if (Thread.currentThread().getName().equals("node-driver")) {
                ticks.countDown();
            }
        };
        NodeDriver driver = NodeDriver.start(node, clients, new ThreadWorkers(""), new SystemClock());
        try (driver) {
            ticks.await();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("node-driver");
    }

    @Test
    void theFirstTickIsDueAtOnceAndTheNextOnesByTheClock() {
        try (NodeDriver _ = driver()) {
            assertThat(steps.signals).isEqualTo(1);
            assertThat(steps.step.run()).isEqualTo(TICK_NS);
            assertThat(metadata.ticks.get()).isEqualTo(1);
            clock.nowNs.addAndGet(TICK_NS - 1);
            assertThat(steps.step.run()).isEqualTo(1);
            assertThat(metadata.ticks.get()).isEqualTo(1);
            clock.nowNs.incrementAndGet();
            assertThat(steps.step.run()).isEqualTo(TICK_NS);
            assertThat(metadata.ticks.get()).isEqualTo(2);
        }
        assertThat(steps.stopped).isTrue();
    }

    @Test
    void roomInTheLogIsATickAtOnce() {
        try (NodeDriver driver = driver()) {
            steps.step.run();
            driver.roomAvailable();
            assertThat(steps.signals).isEqualTo(2);
            steps.step.run();
            assertThat(metadata.ticks.get()).isEqualTo(2);
        }
    }

    @Test
    void aFailedLogIsToldToTheNodeAndTakenUpAtOnce() {
        try (NodeDriver driver = driver()) {
            steps.step.run();
            driver.failed(new StorageException(StorageException.Category.READ_ONLY, "the disk is gone"));
            assertThat(node.logFailure()).contains("the disk is gone");
            steps.step.run();
            assertThat(metadata.ticks.get()).isEqualTo(2);
        }
    }

    @Test
    void aCommitThatNothingInTheNodeWaitsForWakesTheClientsOnly() {
        try (NodeDriver driver = driver()) {
            driver.groupDurable(0);
            assertThat(clients.woken).isEqualTo(1);
            assertThat(steps.signals).as("beside the first tick").isEqualTo(1);
        }
    }

    @Test
    void aCommitThatTheNodeWaitsForIsTakenUpOnTheDriversThread() throws IOException {
        try (NodeDriver driver = driver()) {
            steps.step.run();
            getWaitsForCommit();
            clients.woken = 0;
            driver.groupDurable(log.durableGroup());
            assertThat(node.awaitsCommit()).isTrue();
            assertThat(clients.woken).as("before the node").isEqualTo(1);
            assertThat(steps.signals).isEqualTo(2);
            steps.step.run();
            assertThat(node.awaitsCommit()).isFalse();
            assertThat(clients.woken).as("and after it").isEqualTo(2);
            assertThat(metadata.ticks.get()).as("no other tick").isEqualTo(1);
        }
    }

    @Test
    void aFaultEndsTheThreadAndLetsGoOfTheNode() {
        try (NodeDriver driver = driver()) {
            metadata.onTick = () -> {
                throw new IllegalStateException("a fault, on purpose");
            };
            assertThatThrownBy(steps.step::run).hasMessage("a fault, on purpose");
            assertThat(driver.ticks()).isZero();
            metadata.onTick = () -> {};
            node.run(() -> {});
        }
    }

    /// The only tick is over before the request comes.
    @Test
    void aClientHearsOfACommitWithoutATick() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        ListenerConfig config = new ListenerConfig("127.0.0.1", port, 1, new ClientLimits(10, 10, 1 << 20), false);
        try (ClientLoops loops = new ClientLoops(1, new ClientMemory(64 << 20));
                NodeDriver driver = NodeDriver.start(node, loops, steps, clock);
                ClientListener _ = ClientListener.open(config, loops, node);
                Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            news.listener = driver;
            steps.step.run();
            client.getOutputStream().write(frame("PUT t entry"));
            byte[] expected = frame("OK");
            assertThat(client.getInputStream().readNBytes(expected.length)).isEqualTo(expected);
        }
    }

    private static byte[] frame(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Integer.BYTES + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    /// A PUT, and a GET that comes before the entry is committed, which it then is.
    private void getWaitsForCommit() throws IOException {
        Session session = new Session(new ClientMemory(64 << 20), 4, () -> {});
        node.enter();
        try {
            request(session, "PUT t entry");
            request(session, "GET t");
        } finally {
            node.exit();
        }
        log.checkpoint();
        assertThat(node.awaitsCommit()).isTrue();
    }

    private void request(Session session, String text) {
        assertThat(node.request(session, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))))
                .isTrue();
    }

    /// The log's news, for nobody unless a test says so.
    private static final class News implements EngineListener {
        private volatile EngineListener listener = EngineListener.NONE;

        @Override
        public void groupDurable(long group) {
            listener.groupDurable(group);
        }

        @Override
        public void roomAvailable() {}

        @Override
        public void failed(StorageException cause) {}
    }

    /// Time that the test lets pass.
    private static final class Time implements Clock {
        private final AtomicLong nowNs = new AtomicLong(1);

        @Override
        public long nanoTime() {
            return nowNs.get();
        }

        @Override
        public long currentTimeMillis() {
            return 1;
        }
    }

    /// Steps that the test runs.
    private static final class Steps implements Workers, Workers.Worker {
        private Step step = () -> Long.MAX_VALUE;
        private int signals;
        private boolean stopped;

        @Override
        public Worker start(String name, Step given) {
            step = given;
            return this;
        }

        @Override
        public void signal() {
            signals++;
        }

        @Override
        public void stop() {
            stopped = true;
        }
    }

    private static final class Clients implements Waiters {
        private int woken;
        private Runnable onWoken = () -> {};

        @Override
        public void committed() {
            woken++;
            onWoken.run();
        }
    }
}
