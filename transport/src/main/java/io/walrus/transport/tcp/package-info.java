/// Channels over TCP, on Netty: each is a connection of its own, with messages of a length and bytes. The Netty is the
/// one inside Ratis' jar, because incoming connections arrive at the port of Ratis' gRPC server.
@NullMarked
package io.walrus.transport.tcp;

import org.jspecify.annotations.NullMarked;
