package io.walrus.consensus;

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
import java.util.function.UnaryOperator;
import org.apache.ratis.thirdparty.io.netty.buffer.ByteBuf;
import org.apache.ratis.thirdparty.io.netty.buffer.Unpooled;
import org.apache.ratis.thirdparty.io.netty.channel.Channel;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelFutureListener;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelHandlerContext;
import org.apache.ratis.thirdparty.io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One end of a [PeerStream], which has a connection of its own.
///
/// Who connects says [#GREETING] first. Then both send `length u32 | message`, big-endian. The length -1 is followed by
/// why the sender ends the stream, as `length u32 | UTF-8`, and that by nothing.
final class PeerConnection extends ChannelInboundHandlerAdapter implements PeerStream {
    /// With the version of what follows. HTTP/2, which comes to the same port, begins with another letter.
    private static final byte[] GREETING = {'W', 'a', 'l', 'r', 'u', 's', 0, 1};

    static final int GREETING_BYTES = GREETING.length;

    private static final Logger LOG = LoggerFactory.getLogger(PeerConnection.class);
    private static final int END = -1;
    private static final int MAX_REASON_BYTES = 4 << 10;
    /// Memory for a message is taken as it comes, not as it is announced.
    private static final int FIRST_BYTES = 1 << 20;
    /// After this a connection that takes nothing is closed without a word.
    private static final long LAST_WORDS_MS = 500;

    private record Outgoing(ByteBuffer message, Consumer<ByteBuffer> done) {
        void release() {
            done.accept(message);
        }
    }

    private final UnaryOperator<String> endedThere;
    private final String lost;
    private final Consumer<PeerConnection> whenOver;

    /// What is to be sent, in order: it is put here on any thread, and written on the connection's own.
    private final Queue<Outgoing> outgoing = new ArrayDeque<>();

    private boolean writing;
    private @Nullable Channel channel;
    /// Why the stream ended, or is to end.
    private volatile @Nullable String reason;

    // The following belong to the connection's own thread.
    private @Nullable PeerStreamListener listener;
    private int length;
    private int lengthBytes;
    private @Nullable ByteBuf partial;
    private boolean ending;
    private @Nullable String lastWords;

    /// An end of a stream that isn't connected yet.
    ///
    /// @param endedThere makes a line for people of why the other node ended the stream
    /// @param lost such a line for a connection that broke
    /// @param whenOver is told once, when the stream has ended
    PeerConnection(UnaryOperator<String> endedThere, String lost, Consumer<PeerConnection> whenOver) {
        this.endedThere = endedThere;
        this.lost = lost;
        this.whenOver = whenOver;
    }

    /// Whether these may be the first bytes of somebody who wants a stream.
    static boolean mayGreet(ByteBuf bytes) {
        int known = Math.min(GREETING_BYTES, bytes.readableBytes());
        for (int i = 0; i < known; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != GREETING[i]) {
                return false;
            }
        }
        return true;
    }

    /// Who hears what comes in. Called once, before anything does.
    void listener(PeerStreamListener hears) {
        listener = hears;
    }

    /// There is a connection, and who wanted it has been heard or is about to be. On its thread.
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

    /// There will be no connection.
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

    /// Never at once, even on the connection's own thread: what is called under a lock is not to write under it.
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
        PeerStreamListener hears = listener;
        if (ending) {
            lastWords = StandardCharsets.UTF_8.decode(message).toString();
            var _ = context.close();
        } else if (reason == null && hears != null) {
            hears.received(message);
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
        over(lastWords == null ? lost : endedThere.apply(lastWords));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.error("A message of another node could not be taken", cause);
        }
        var _ = context.close();
    }

    private void over(String heard) {
        List<Outgoing> unsent;
        String why;
        synchronized (this) {
            why = reason == null ? heard : reason;
            reason = why;
            unsent = List.copyOf(outgoing);
            outgoing.clear();
        }
        unsent.forEach(Outgoing::release);
        whenOver.accept(this);
        if (listener != null) {
            listener.closed(why);
        }
    }
}
