/** The gateway: its builder, its engine, and the routes and plans it is configured with. */
@NullMarked
package dev.fanoutgateway;

import org.jspecify.annotations.NullMarked;
