package dev.fanoutgateway.examples.standalone;

import java.time.Duration;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.WindowUpdateFrame;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.RateControl;
import org.eclipse.jetty.io.WindowRateControl;

/**
 * How many frames of no use one client may send over HTTP/2 in a second before its connection is ended. Jetty asks for what is
 * of none, such as pings and resets, and for what comes for a stream that is over. Of the latter, content and credit may be on
 * their way when the stream is ended by an early answer (RFC 9113 section 5.1): a client that fills its window has sent dozens
 * of frames, and a few refused uploads must not end the connection with the requests of others on it. So these have a bound of
 * their own.
 */
final class FrameRates implements RateControl {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    /** Jetty's own. */
    private static final int MOST = 128;
    /** Of content, 64 MiB in frames of the usual size. */
    private static final int MOST_ON_THEIR_WAY = 4096;

    private final RateControl usual = new WindowRateControl(MOST, WINDOW);
    private final RateControl onTheirWay = new WindowRateControl(MOST_ON_THEIR_WAY, WINDOW);

    @Override
    public boolean onEvent(Object frame) {
        boolean late = (frame instanceof DataFrame data && data.flowControlLength() > 0)
                || (frame instanceof WindowUpdateFrame credit && credit.getWindowDelta() > 0);
        return (late ? onTheirWay : usual).onEvent(frame);
    }

    /** One for each connection. */
    static final class Factory implements RateControl.Factory {
        @Override
        public RateControl newRateControl(EndPoint endPoint) {
            return new FrameRates();
        }
    }
}
