package io.walrus.benchmarks.server;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.io.EOFException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One thread whose connections each keep `depth` requests under way until it is told to stop or a limit is reached,
/// and then wait for what is under way.
///
/// Requests that were sent together have one time stamp, and the replies of one read are counted together, so that the
/// cost of a request falls with the depth.
final class LoadLoop {
    private static final int MAX_READ_BYTES = 512 * 1024;

    private final Meter meter;
    private final LoadProtocol protocol;
    private final int depth;
    private final boolean stopsWhenEmpty;
    private final EventLoopGroup thread = oneThread();
    private final List<Connection> connections = new ArrayList<>();
    private final CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
    // The thread's own.
    private long unsent;
    private long underWay;
    private long lastReplyNs;
    private boolean stopping;

    /// @param requests how many to send at most
    /// @param stopsWhenEmpty stop at the first reply that says there is no more
    LoadLoop(Meter meter, LoadProtocol protocol, int depth, long requests, boolean stopsWhenEmpty) {
        this.meter = meter;
        this.protocol = protocol;
        this.depth = depth;
        this.stopsWhenEmpty = stopsWhenEmpty;
        unsent = requests;
    }

    static EventLoopGroup oneThread() {
        return new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    }

    /// A connection's turn ends with a read.
    static RecvByteBufAllocator oneReadAtATime() {
        return new AdaptiveRecvByteBufAllocator(1024, 4096, MAX_READ_BYTES).maxMessagesPerRead(1);
    }

    void connect(InetSocketAddress address, LoadRequests requests) throws InterruptedException {
        Connection connection = new Connection(requests);
        connections.add(connection);
        new Bootstrap()
                .group(thread)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, oneReadAtATime())
                .handler(connection)
                .connect(address)
                .sync();
    }

    /// Sends the first requests. After this silence a server that owes replies is taken for dead.
    void start(Duration silence) {
        thread.execute(() -> {
            lastReplyNs = System.nanoTime();
            connections.forEach(connection -> connection.send(depth));
        });
        Runnable check = () -> {
            if (System.nanoTime() - lastReplyNs > silence.toNanos()) {
                fail(new SocketTimeoutException("no reply came for " + silence.toSeconds() + " seconds"));
            }
        };
        var _ = thread.scheduleAtFixedRate(check, silence.toMillis(), silence.toMillis() / 10, TimeUnit.MILLISECONDS);
    }

    long cpuNs() throws InterruptedException {
        var threads = ManagementFactory.getThreadMXBean();
        return thread.submit(threads::getCurrentThreadCpuTime).sync().getNow();
    }

    /// Waits for what is under way, and ends.
    ///
    /// @throws IOException if it ended early
    void stop() throws IOException, InterruptedException {
        thread.execute(() -> {
            stopping = true;
            endIfDone();
        });
        try {
            done.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e);
        } finally {
            var _ = thread.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }

    private void endIfDone() {
        if ((stopping || unsent == 0) && underWay == 0) {
            done.complete(null);
            meter.end();
        }
    }

    private void fail(Throwable cause) {
        done.completeExceptionally(cause);
        meter.end();
    }

    private final class Connection extends ByteToMessageDecoder {
        private final LoadRequests requests;
        private @Nullable ChannelHandlerContext context;
        /// A ring: when requests were sent, and how many of them still wait for their replies.
        private final long[] sentNs = new long[depth];

        private final int[] sentCount = new int[depth];
        private int oldest;
        private int batches;

        Connection(LoadRequests requests) {
            this.requests = requests;
        }

        @Override
        public void channelActive(ChannelHandlerContext active) {
            context = active;
        }

        void send(int wanted) {
            int count = stopping ? 0 : (int) Math.min(wanted, unsent);
            ChannelHandlerContext to = context;
            if (count > 0 && to != null) {
                int newest = (oldest + batches) % depth;
                sentNs[newest] = System.nanoTime();
                sentCount[newest] = count;
                batches++;
                unsent -= count;
                underWay += count;
                requests.next(count, part -> {
                    var _ = to.write(part, to.voidPromise());
                });
                to.flush();
            }
        }

        /// Counts all replies that are there.
        @Override
        protected void decode(ChannelHandlerContext from, ByteBuf in, List<Object> out) throws IOException {
            long nowNs = System.nanoTime();
            int replies = 0;
            ByteBuffer read = in.internalNioBuffer(in.readerIndex(), in.readableBytes());
            int start = read.position();
            LoadProtocol.Found found = protocol.skipReply(read);
            while (found != LoadProtocol.Found.INCOMPLETE) {
                replies++;
                if (found == LoadProtocol.Found.EMPTY) {
                    meter.foundNothing();
                    stopping |= stopsWhenEmpty;
                } else if (found == LoadProtocol.Found.ERROR) {
                    meter.refused(in.toString(in.readerIndex(), read.position() - start, StandardCharsets.UTF_8)
                            .strip());
                }
                in.skipBytes(read.position() - start);
                start = read.position();
                found = protocol.skipReply(read);
            }
            if (replies > 0) {
                lastReplyNs = nowNs;
                record(replies, nowNs);
                send(replies);
                endIfDone();
            }
        }

        private void record(int replies, long nowNs) throws IOException {
            underWay -= replies;
            int rest = replies;
            while (rest > 0) {
                if (batches == 0) {
                    throw new IOException("the server sent more replies than it got requests");
                }
                int count = Math.min(rest, sentCount[oldest]);
                meter.completed(count, nowNs - sentNs[oldest]);
                rest -= count;
                sentCount[oldest] -= count;
                if (sentCount[oldest] == 0) {
                    oldest = (oldest + 1) % depth;
                    batches--;
                }
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext gone) {
            fail(new EOFException("the server closed a connection"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext from, Throwable cause) {
            fail(cause);
        }
    }
}
