package io.walrus.consensus.call;

import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/// Keeps Raft's messages from a node with an empty folder, until the group has removed the former member of its id. If
/// a member lost its disk, the group still counts on its vote and its copy of the log. Filled again as if nothing had
/// happened, it could elect a leader that lacks entries it had acknowledged before.
public final class Gate implements ServerInterceptor {
    private volatile boolean open;

    public Gate(boolean open) {
        this.open = open;
    }

    public boolean isOpen() {
        return open;
    }

    public void open() {
        open = true;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (open || InternalMethods.SERVICE.equals(call.getMethodDescriptor().getServiceName())) {
            return next.startCall(call, headers);
        }
        call.close(Status.UNAVAILABLE.withDescription("this node is not taken in yet"), new Metadata());
        return new ServerCall.Listener<>() {};
    }
}
