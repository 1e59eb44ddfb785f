package io.walrus.consensus;

import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The side of a [PeerStream] that was asked for it.
final class AcceptedStream extends ServerCall.Listener<byte[]> implements PeerStream {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptedStream.class);

    private final ServerCall<byte[], byte[]> call;
    private final PeerStreamListener listener;
    private final Runnable whenOver;

    /// Why this side closed the stream. Written under the lock that sending holds, because a closed call takes
    /// nothing.
    private volatile @Nullable String closedHere;

    /// @param whenOver runs once, when the stream has ended
    AcceptedStream(ServerCall<byte[], byte[]> call, PeerStreamAcceptor acceptor, Runnable whenOver) {
        this.call = call;
        this.whenOver = whenOver;
        call.setOnReadyThreshold(InternalMethods.READY_THRESHOLD_BYTES);
        call.sendHeaders(new Metadata());
        listener = listenerOf(acceptor);
        call.request(1);
    }

    private PeerStreamListener listenerOf(PeerStreamAcceptor acceptor) {
        try {
            return acceptor.accepted(this);
        } catch (RuntimeException e) {
            LOG.error("A stream of another node could not be taken", e);
            return PeerStreamAcceptor.refusing("the stream could not be taken there; see its log")
                    .accepted(this);
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
    public synchronized void close(String reason) {
        if (closedHere == null) {
            closedHere = reason;
            call.close(Status.ABORTED.withDescription(reason), new Metadata());
        }
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
    public void onHalfClose() {
        close("the other node ended the stream");
    }

    @Override
    public void onComplete() {
        over();
    }

    @Override
    public void onCancel() {
        over();
    }

    private void over() {
        String reason;
        synchronized (this) {
            reason = closedHere;
            if (reason == null) {
                reason = "the other node ended the stream, or the connection broke";
                closedHere = reason;
            }
        }
        whenOver.run();
        listener.closed(reason);
    }
}
