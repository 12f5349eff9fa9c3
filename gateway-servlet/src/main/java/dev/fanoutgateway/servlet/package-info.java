/** The gateway as a servlet filter, for any host application on a Jakarta Servlet 6 container. */
@NullMarked
package dev.fanoutgateway.servlet;

import org.jspecify.annotations.NullMarked;
