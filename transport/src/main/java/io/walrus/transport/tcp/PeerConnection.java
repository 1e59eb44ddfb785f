package io.walrus.transport.tcp;

import io.walrus.transport.PeerChannel;
import io.walrus.transport.PeerListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.ratis.thirdparty.io.netty.buffer.ByteBuf;
import org.apache.ratis.thirdparty.io.netty.buffer.Unpooled;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelFutureListener;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandler;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One end of a channel, on a TCP connection of its own.
///
/// The node that connects sends [#GREETING] first. Then both nodes send messages as `length u32 | message`,
/// big-endian. The length -1 announces the end of the channel: the sender's reason follows as `length u32 | UTF-8`,
/// and then nothing.
///
/// [#send] and [#close] may be called on any thread; they hand over to the connection's event loop, which writes. The
/// event loop reads, and calls the listener on the spot with the bytes where the network put them: a message takes no
/// queue, no copy and no other thread on its way up.
///
/// It is the handler of one connection after the other, until one is there: a node may have several addresses.
@ChannelHandler.Sharable
final class PeerConnection extends ChannelInboundHandlerAdapter implements PeerChannel {
    /// The last byte is the version of the format. HTTP/2, which shares the port, begins with another letter.
    private static final byte[] GREETING = {'W', 'a', 'l', 'r', 'u', 's', 0, 1};

    static final int GREETING_BYTES = GREETING.length;

    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);
    private static final int END = -1;
    private static final int MAX_REASON_BYTES = 4 << 10;
    /// The first memory for a message: more is taken as the bytes arrive, whatever length was announced.
    private static final int FIRST_BYTES = 1 << 20;
    /// A connection that does not take the reason within this time is closed without it.
    private static final long LAST_WORDS_MS = 500;

    private record Outgoing(ByteBuffer message, Consumer<ByteBuffer> done) {
        void release() {
            done.accept(message);
        }
    }

    private final TcpTransport transport;
    private final String other;
    private final String lost;
    private final Consumer<PeerConnection> whenOver;

    /// Unsent messages, in order. Guarded by this object's lock, as are the next two.
    private final Queue<Outgoing> outgoing = new ArrayDeque<>();

    /// The event loop writes or is about to, so that nobody needs to wake it.
    private boolean writing;
    private @Nullable Channel channel;
    /// Why the channel ended, or is to end. Written with the lock held.
    private volatile @Nullable String reason;

    // The following fields belong to the event loop.
    private int length;
    private int lengthBytes;
    private @Nullable ByteBuf partial;
    private boolean ending;
    private boolean hasSpoken;
    private @Nullable String lastWords;

    /// An end that has no connection yet.
    ///
    /// @param other the other node in lines for people
    /// @param lost a line for people, for a connection that broke
    /// @param whenOver is told once, when the channel has ended
    PeerConnection(TcpTransport transport, String other, String lost, Consumer<PeerConnection> whenOver) {
        this.transport = transport;
        this.other = other;
        this.lost = lost;
        this.whenOver = whenOver;
    }

    /// Whether these may be the first bytes of a greeting, as far as there are any.
    static boolean mayGreet(ByteBuf bytes) {
        int known = Math.min(GREETING_BYTES, bytes.readableBytes());
        for (int i = 0; i < known; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != GREETING[i]) {
                return false;
            }
        }
        return true;
    }

    /// The connection is there, and its greeting is received or on its way. On the event loop.
    void connected(Channel opened) {
        String closed;
        synchronized (this) {
            channel = opened;
            closed = reason;
            writing = true;
        }
        write();
        if (closed != null) {
            end(opened, closed);
        }
    }

    /// Ends a channel that another node opened, and then says nothing on. On the event loop.
    void expectFirstMessage(long withinS) {
        Channel open = channel;
        if (open != null) {
            var _ = open.eventLoop()
                    .schedule(
                            () -> {
                                if (!hasSpoken) {
                                    close("the other node says nothing");
                                }
                            },
                            withinS,
                            TimeUnit.SECONDS);
        }
    }

    /// The connection could not be made. On any thread but one that is inside a method of this channel.
    void notConnected(String why) {
        over(why);
    }

    @Override
    public void send(ByteBuffer message, Consumer<ByteBuffer> done) {
        if (message.remaining() > MAX_MESSAGE_BYTES) {
            throw new IllegalArgumentException(
                    "a message of " + message.remaining() + " bytes, more than " + MAX_MESSAGE_BYTES);
        }
        Outgoing added = new Outgoing(message, done);
        Channel open = null;
        synchronized (this) {
            if (reason == null) {
                outgoing.add(added);
                added = null;
                if (channel != null && !writing) {
                    writing = true;
                    open = channel;
                }
            }
        }
        if (added != null) {
            added.release();
        }
        if (open != null) {
            execute(open, this::write);
        }
    }

    @Override
    public void close(String why) {
        Channel open;
        synchronized (this) {
            if (reason != null) {
                return;
            }
            reason = why;
            open = channel;
        }
        if (open != null) {
            execute(open, () -> end(open, why));
        }
    }

    /// Runs the task later, even if the caller is the event loop: callers may hold a lock, under which nothing is to be
    /// written.
    private static void execute(Channel open, Runnable task) {
        try {
            open.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("a connection whose thread has ended", e);
        }
    }

    private void write() {
        List<Outgoing> taken = new ArrayList<>();
        while (true) {
            Channel open;
            boolean isOver;
            synchronized (this) {
                open = channel;
                isOver = reason != null;
                taken.addAll(outgoing);
                outgoing.clear();
                writing = !taken.isEmpty();
            }
            if (taken.isEmpty() || open == null) {
                return;
            }
            for (Outgoing each : taken) {
                if (isOver) {
                    each.release();
                } else {
                    ByteBuf header = open.alloc().directBuffer(Integer.BYTES);
                    var _ = open.write(header.writeInt(each.message.remaining()), open.voidPromise());
                    var _ = open.write(Unpooled.wrappedBuffer(each.message)).addListener(_ -> each.release());
                }
            }
            open.flush();
            taken.clear();
        }
    }

    private static void end(Channel open, String why) {
        byte[] text = why.getBytes(StandardCharsets.UTF_8);
        byte[] words = text.length > MAX_REASON_BYTES ? Arrays.copyOf(text, MAX_REASON_BYTES) : text;
        ByteBuf frame =
                open.alloc().buffer().writeInt(END).writeInt(words.length).writeBytes(words);
        var _ = open.writeAndFlush(frame).addListener(ChannelFutureListener.CLOSE);
        Runnable giveUp = () -> {
            var _ = open.close();
        };
        var _ = open.eventLoop().schedule(giveUp, LAST_WORDS_MS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var _ = context.writeAndFlush(Unpooled.wrappedBuffer(GREETING), context.voidPromise());
        connected(context.channel());
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object incoming) {
        ByteBuf in = (ByteBuf) incoming;
        try {
            boolean more = true;
            while (more) {
                more = readLength(in) && readMessage(in, context);
            }
        } finally {
            in.release();
        }
    }

    /// Whether the length of the next message is known.
    private boolean readLength(ByteBuf in) {
        while (lengthBytes < Integer.BYTES && in.isReadable()) {
            length = length << Byte.SIZE | in.readUnsignedByte();
            lengthBytes++;
        }
        return lengthBytes == Integer.BYTES && lastWords == null;
    }

    /// Whether the message has come in whole.
    private boolean readMessage(ByteBuf in, ChannelHandlerContext context) {
        if (length == END && !ending) {
            ending = true;
            lengthBytes = 0;
            return true;
        }
        if (length < 0 || length > (ending ? MAX_REASON_BYTES : MAX_MESSAGE_BYTES)) {
            LOG.warn("another node announced a message of {} bytes", Integer.toUnsignedString(length));
            var _ = context.close();
            lastWords = "it can't be understood";
            return false;
        }
        ByteBuf collected = partial;
        if (collected == null && in.readableBytes() >= length) {
            ByteBuffer message = in.nioBuffer(in.readerIndex(), length);
            in.skipBytes(length);
            deliver(message, context);
        } else {
            if (collected == null) {
                collected = context.alloc().directBuffer(Math.min(length, FIRST_BYTES), length);
                partial = collected;
            }
            collected.writeBytes(in, Math.min(in.readableBytes(), length - collected.readableBytes()));
            if (collected.readableBytes() < length) {
                return false;
            }
            deliver(collected.nioBuffer(), context);
            dropPartial();
        }
        lengthBytes = 0;
        return true;
    }

    private void deliver(ByteBuffer message, ChannelHandlerContext context) {
        hasSpoken = true;
        PeerListener hears = transport.listener();
        if (ending) {
            lastWords = StandardCharsets.UTF_8.decode(message).toString();
            var _ = context.close();
        } else if (reason == null && hears != null) {
            hears.received(this, message);
        }
    }

    private void dropPartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        dropPartial();
        over(lastWords == null ? lost : other + " ended the stream: " + lastWords);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof Error) {
            Thread thread = Thread.currentThread();
            thread.getUncaughtExceptionHandler().uncaughtException(thread, cause);
        } else if (!(cause instanceof IOException)) {
            LOG.error("A message of another node could not be taken", cause);
        }
        var _ = context.close();
    }

    private void over(String why) {
        List<Outgoing> unsent;
        boolean closedHere;
        synchronized (this) {
            closedHere = reason != null;
            if (!closedHere) {
                reason = why;
            }
            unsent = List.copyOf(outgoing);
            outgoing.clear();
        }
        unsent.forEach(Outgoing::release);
        whenOver.accept(this);
        PeerListener hears = transport.listener();
        if (!closedHere && hears != null) {
            hears.closed(this, why);
        }
    }
}
