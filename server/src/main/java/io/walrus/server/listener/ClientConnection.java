package io.walrus.server.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.walrus.node.Node;
import io.walrus.node.topic.ClientMemory;
import io.walrus.node.topic.Session;
import io.walrus.protocol.ErrorTexts;
import io.walrus.protocol.RequestParser;
import io.walrus.server.config.ListenerConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One client's connection. All requests of a read are run under one hold of the node's lock, and all replies known at
/// the same time leave in one write.
///
/// Nothing is read while the connection has as many requests under way as it may, while the node has no room for an
/// entry, while there is no memory for the connection, or while the client doesn't take its replies: the client's own
/// writes then wait in the network.
///
/// A client may end its half of the connection first: it still gets the replies to all that it has sent in full. One
/// that falls silent in the middle of a frame is answered and the connection closed.
///
/// A connection on a spare place, past the limit, is there for the operator: only requests without a topic are carried
/// out, and it is closed when it falls silent, so that the place is soon free again.
final class ClientConnection extends ChannelInboundHandlerAdapter {
    /// A longer frame isn't skipped but ends the connection: it is no frame of this protocol.
    private static final long MAX_SKIPPED_BYTES = 64L << 20;

    /// For how long a client that was told that the connection ends may take to read that.
    private static final long LAST_WORDS_MS = 200;

    private enum Stop {
        NEEDS_INPUT,
        SESSION_FULL,
        BLOCKED
    }

    private final Node node;
    private final LoopConnections loop;
    private final ClientMemory memory;
    private final Session session;
    private final FrameReader frames;
    private final ReplyEncoder replies;
    private final SilenceLimits silence;
    private final int maxConnections;

    /// Reads requests on a spare place; null on any other.
    private final @Nullable RequestParser spareParser;

    private @Nullable ChannelHandlerContext context;
    private boolean listed;
    /// Nothing more comes in.
    private boolean inputEnded;

    /// What comes in is not looked at any more.
    private boolean closing;

    private boolean draining;
    private long quietSinceNs;
    private boolean told;
    private long toldAtNs;
    private boolean processing;
    /// What was counted last.
    private int receivedBytes;

    private long unsentBytes;
    /// When the client last sent or read something of what is held for it.
    private long movedNs;

    private boolean awaitsSent;

    /// The client was told that nothing more is carried out, and only the end of the connection is to come.
    private boolean saidGoodbye;

    /// Grows with each sign of life, and each time the client is listened to again.
    private long signs;

    private boolean watched;

    /// @param spare whether it is past the limit of connections
    ClientConnection(
            Node node,
            LoopConnections loop,
            ClientMemory memory,
            ListenerConfig config,
            ByteBufAllocator allocator,
            SilenceLimits silence,
            boolean spare) {
        this.node = node;
        this.loop = loop;
        this.memory = memory;
        this.session = new Session(memory, config.limits().maxUnderWay(), loop::wake);
        this.frames = new FrameReader(allocator, config.limits().maxFrameBytes(), session::mayHold);
        this.replies = new ReplyEncoder(allocator, config.bareJson());
        this.silence = silence;
        this.maxConnections = config.limits().maxConnections();
        this.spareParser = spare ? new RequestParser() : null;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        context = ctx;
        loop.opened(this);
        watch(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        frames.release();
        ByteBuf unsent = replies.take();
        if (unsent != null) {
            unsent.release();
        }
        context = null;
        countHeld(0, 0);
        loop.closed(this);
        if (session.hasParked()) {
            node.run(session::abandon);
        }
        awaitEnd();
    }

    /// What requests under way hold is let go as each ends.
    private void awaitEnd() {
        session.discard(node.logFailure());
        if (!listed && session.underWay() > 0) {
            listed = true;
            loop.waiting(this);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (saidGoodbye) {
            ((ByteBuf) message).release();
            return;
        }
        if (frames.isPartial()) {
            movedNs = System.nanoTime();
        }
        frames.add((ByteBuf) message);
        signs++;
        stir();
        process();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            process();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (saidGoodbye) {
                closeBehindReplies(ctx);
            } else {
                process();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof Error) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
        } else if (!(cause instanceof IOException)) {
            ListenerLog.unexpected(ctx.channel().remoteAddress(), cause);
        }
        var _ = ctx.close();
    }

    /// Hands out replies that have become known, then takes up requests that had to wait.
    void resume() {
        process();
    }

    /// Refuses every further request. A client that is told so can go elsewhere; one whose connection ended instead
    /// would not know what became of the request it had just sent.
    void drain() {
        draining = true;
        stir();
        process();
    }

    /// Closes, if there is nothing to reply to, and nothing has come in or gone out for a while, or the client sends on
    /// though it was told long ago.
    void closeIfDone(long quietNs, long toldNs) {
        ChannelHandlerContext ctx = context;
        long nowNs = System.nanoTime();
        boolean isDone = nowNs - quietSinceNs >= quietNs || (told && nowNs - toldAtNs >= toldNs);
        if (ctx != null && session.underWay() == 0 && isDone) {
            sayGoodbye(ctx, ErrorTexts.shuttingDown());
        }
    }

    /// Answers a request that may be on its way already, and with it all behind it: so that nobody is left in doubt
    /// about what is not looked at any more. Waits a moment for the client to close first, because a socket that is
    /// closed with bytes unread takes back what its client has not read yet.
    private void sayGoodbye(ChannelHandlerContext ctx, String lastWords) {
        if (saidGoodbye) {
            return;
        }
        saidGoodbye = true;
        closing = true;
        frames.release();
        replies.error(lastWords);
        ctx.channel().config().setAutoRead(true);
        Runnable giveUp = () -> {
            var _ = ctx.close();
        };
        var _ = ctx.writeAndFlush(replies.take()).addListener(_ -> {
            if (ctx.channel() instanceof DuplexChannel halves) {
                var _ = halves.shutdownOutput();
            }
            var _ = ctx.executor().schedule(giveUp, LAST_WORDS_MS, TimeUnit.MILLISECONDS);
        });
    }

    private static void closeBehindReplies(ChannelHandlerContext ctx) {
        var _ = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    /// Sees to it that somebody looks for silence where none is allowed: inside a frame, and on a spare place.
    private void watch(ChannelHandlerContext ctx) {
        if (!watched && !closing && (frames.isInFrame() || spareParser != null)) {
            watched = true;
            long before = signs;
            long ms = spareParser == null ? silence.frameMs() : silence.spareMs();
            var _ = ctx.executor().schedule(() -> lookForSilence(ctx, before), ms, TimeUnit.MILLISECONDS);
        }
    }

    private void lookForSilence(ChannelHandlerContext ctx, long before) {
        watched = false;
        boolean isSilent =
                context != null && signs == before && ctx.channel().config().isAutoRead();
        if (isSilent && frames.isInFrame()) {
            if (!frames.isSkipping()) {
                session.add().error(ErrorTexts.frameIncomplete());
            }
            closing = true;
            process();
        } else if (isSilent && spareParser != null && session.underWay() == 0) {
            sayGoodbye(ctx, ErrorTexts.tooManyConnections(maxConnections));
        } else if (context != null) {
            watch(ctx);
        }
    }

    private void stir() {
        if (draining) {
            quietSinceNs = System.nanoTime();
        }
    }

    private void process() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            awaitEnd();
            return;
        }
        if (processing || saidGoodbye) {
            return;
        }
        processing = true;
        try {
            deliver(ctx);
            Stop stop = takeRequests(ctx);
            while (stop == Stop.SESSION_FULL && deliver(ctx) > 0) {
                stop = takeRequests(ctx);
            }
            deliver(ctx);
            boolean isAtEnd = closing || (inputEnded && stop == Stop.NEEDS_INPUT);
            listen(ctx, stop == Stop.NEEDS_INPUT && !isAtEnd);
            count(ctx);
            if (!listed && stillWaiting()) {
                listed = true;
                loop.waiting(this);
                // What was committed before the loop knew of this connection woke nobody.
                deliver(ctx);
            }
            if (isAtEnd && session.underWay() == 0) {
                closeBehindReplies(ctx);
            }
        } finally {
            processing = false;
        }
    }

    private void listen(ChannelHandlerContext ctx, boolean listens) {
        if (listens) {
            signs += ctx.channel().config().isAutoRead() ? 0 : 1;
            watch(ctx);
        }
        ctx.channel().config().setAutoRead(listens);
    }

    /// Whether the connection waits for the node. Its loop forgets it if not.
    boolean stillWaiting() {
        ChannelHandlerContext ctx = context;
        listed = session.underWay() > 0
                || (ctx != null && !ctx.channel().config().isAutoRead());
        return listed;
    }

    /// Runs the frames that have arrived, as far as there is room.
    private Stop takeRequests(ChannelHandlerContext ctx) {
        boolean entered = false;
        try {
            while (!closing && ctx.channel().isWritable()) {
                if (session.hasParked()) {
                    if (!entered) {
                        node.enter();
                        entered = true;
                    }
                    node.resume(session);
                }
                if (!(frames.hasMemory() ? session.hasRoomForReceived() : session.hasRoom())) {
                    return Stop.SESSION_FULL;
                }
                FrameReader.Found found = frames.next();
                if (found == FrameReader.Found.NOTHING) {
                    return Stop.NEEDS_INPUT;
                }
                if (found == FrameReader.Found.NO_MEMORY) {
                    return Stop.BLOCKED;
                }
                if (!entered) {
                    node.enter();
                    entered = true;
                }
                if (found == FrameReader.Found.TOO_LONG) {
                    node.refuseLongFrame(session, frames.frameLength());
                    closing = frames.frameLength() > MAX_SKIPPED_BYTES;
                } else if (draining) {
                    session.add().error(ErrorTexts.shuttingDown());
                    frames.consume();
                    toldAtNs = told ? toldAtNs : System.nanoTime();
                    told = true;
                } else if (spareParser != null && isAboutTopic(spareParser, frames.frame())) {
                    session.add().error(ErrorTexts.tooManyConnections(maxConnections));
                    frames.consume();
                } else if (node.request(session, frames.frame())) {
                    frames.consume();
                } else {
                    return Stop.BLOCKED;
                }
            }
            return Stop.BLOCKED;
        } finally {
            if (entered) {
                node.exit();
            }
        }
    }

    private static boolean isAboutTopic(RequestParser parser, ByteBuffer frame) {
        return parser.parse(frame) == null && parser.verb().takesTopic();
    }

    /// Counts what the connection itself holds: requests that have come in part or wait, and replies that wait
    /// to leave.
    private void count(ChannelHandlerContext ctx) {
        long unsent = unsent(ctx);
        countHeld(frames.heldBytes(), unsent);
        if (unsent > 0 && !awaitsSent) {
            awaitsSent = true;
            // Behind all that waits to leave. It still counts as unsent while its listener is told.
            var _ = ctx.writeAndFlush(Unpooled.EMPTY_BUFFER)
                    .addListener(_ -> LoopConnections.execute(loop.loop(), this::sent));
        }
    }

    private void sent() {
        awaitsSent = false;
        ChannelHandlerContext ctx = context;
        if (ctx != null) {
            count(ctx);
        }
    }

    /// What has come in does not keep the connection from being given memory for it, as replies do that it
    /// doesn't read.
    private void countHeld(int received, long unsent) {
        if (received != receivedBytes || unsent != unsentBytes) {
            if (received != receivedBytes || unsentBytes == 0 || unsent < unsentBytes) {
                movedNs = System.nanoTime();
            }
            memory.hold(received - receivedBytes);
            session.hold((int) (unsent - unsentBytes));
            receivedBytes = received;
            unsentBytes = unsent;
        }
    }

    private static long unsent(ChannelHandlerContext ctx) {
        ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    /// Closes, if the client has neither read nor sent anything for so long, and memory is held for it.
    void closeIfStalled(long stalledNs) {
        ChannelHandlerContext ctx = context;
        if (ctx == null) {
            return;
        }
        count(ctx);
        boolean isClients =
                unsent(ctx) > 0 || (frames.isPartial() && ctx.channel().config().isAutoRead());
        if (isClients && System.nanoTime() - movedNs >= stalledNs) {
            ListenerLog.stalled(ctx.channel().remoteAddress(), session.heldBytes() + receivedBytes);
            var _ = ctx.close();
        }
    }

    /// Sends the replies known by now, as far as the client takes them.
    private int deliver(ChannelHandlerContext ctx) {
        int delivered = 0;
        while (ctx.channel().isWritable()) {
            int now = session.deliver(replies, node.logFailure());
            ByteBuf out = replies.take();
            if (out == null) {
                break;
            }
            delivered += now;
            stir();
            var _ = ctx.writeAndFlush(out, ctx.voidPromise());
        }
        return delivered;
    }
}
