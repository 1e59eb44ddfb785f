/// The listener for clients: frames in, replies out, on Netty's event loops. A connection belongs to one loop; nothing
/// else runs on these threads.
@NullMarked
package io.walrus.server.listener;

import org.jspecify.annotations.NullMarked;
