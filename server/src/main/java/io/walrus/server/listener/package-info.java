/// The listener for clients: frames in, replies out, on Netty's event loops.
@NullMarked
package io.walrus.server.listener;

import org.jspecify.annotations.NullMarked;
