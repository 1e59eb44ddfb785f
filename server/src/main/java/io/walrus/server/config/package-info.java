/// What an operator can set: every flag and environment variable, checked together before anything starts.
@NullMarked
package io.walrus.server.config;

import org.jspecify.annotations.NullMarked;
