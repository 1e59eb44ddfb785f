/// The listener for clients: frames in, replies out, on Netty's event loops.
@NullMarked
package io.walrus.server.client;

import org.jspecify.annotations.NullMarked;
