package io.walrus.consensus;

import java.util.function.Function;
import org.apache.ratis.thirdparty.io.grpc.CallOptions;
import org.apache.ratis.thirdparty.io.grpc.Channel;
import org.apache.ratis.thirdparty.io.grpc.ClientCall;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/// The side of a [PeerStream] that asked for it.
final class DialledStream extends ClientCall.Listener<byte[]> implements PeerStream {
    private final ClientCall<byte[], byte[]> call;
    private final PeerStreamListener listener;
    private final Function<Status, String> reasons;

    /// Why this side closed the stream. Written under the lock that sending holds, because a closed call takes
    /// nothing.
    private volatile @Nullable String closedHere;

    /// The threads within [#open] and [#close]: gRPC calls back from there when there is no connection.
    private volatile @Nullable Thread opening = Thread.currentThread();

    private volatile @Nullable Thread closing;

    private DialledStream(Channel channel, PeerStreamListener listener, Function<Status, String> reasons) {
        this.listener = listener;
        this.reasons = reasons;
        CallOptions options = CallOptions.DEFAULT
                .withExecutor(this::callBack)
                .withOnReadyThreshold(InternalMethods.READY_THRESHOLD_BYTES);
        call = channel.newCall(InternalMethods.STREAM, options);
    }

    /// @param reasons says in one line for people why a call ended
    static DialledStream open(Channel channel, PeerStreamListener listener, Function<Status, String> reasons) {
        DialledStream stream = new DialledStream(channel, listener, reasons);
        stream.call.start(stream, new Metadata());
        stream.call.request(1);
        stream.opening = null;
        return stream;
    }

    /// Runs callbacks, which gRPC puts in line, on the network thread they come from.
    private void callBack(Runnable callbacks) {
        Thread current = Thread.currentThread();
        if (current == opening || current == closing) {
            var _ = Thread.startVirtualThread(callbacks);
        } else {
            callbacks.run();
        }
    }

    @Override
    public synchronized void send(byte[] message) {
        InternalMethods.checkLength(message);
        if (closedHere == null) {
            call.sendMessage(message);
        }
    }

    @Override
    public boolean isReady() {
        return closedHere == null && call.isReady();
    }

    @Override
    public void close(String reason) {
        synchronized (this) {
            if (closedHere != null) {
                return;
            }
            closedHere = reason;
        }
        closing = Thread.currentThread();
        call.cancel(reason, null);
        closing = null;
    }

    @Override
    public void onMessage(byte[] message) {
        if (closedHere == null) {
            listener.received(message);
            call.request(1);
        }
    }

    @Override
    public void onReady() {
        if (closedHere == null) {
            listener.ready();
        }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        String reason;
        synchronized (this) {
            reason = closedHere;
            if (reason == null) {
                reason = reasons.apply(status);
                closedHere = reason;
            }
        }
        listener.closed(reason);
    }
}
