package dev.fanoutgateway.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fanoutgateway.http.Body;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BodyPumpTest {
    @Test
    void writesAllOfItInOrder() throws Exception {
        ByteBuffer direct = ByteBuffer.allocateDirect(20_000);
        ScriptedBody body = new ScriptedBody(
                List.of(ByteBuffer.wrap(new byte[] {9, 1, 2, 9}, 1, 2), direct, ByteBuffer.wrap(new byte[] {3}))
                        .iterator(),
                ScriptedBody.End.COMPLETE);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(new BodyPump().writeTo(out, body, false)).isEqualTo(BodyPump.End.WHOLE);
        assertThat(out.toByteArray()).hasSize(20_003).startsWith(1, 2).endsWith(3);
        assertThat(body.cancelled).isNotDone();
    }

    @Test
    void asksForNoMoreThanAFewBuffersAhead() {
        ScriptedBody body = endless();
        OutputStream stuck = new OutputStream() {
            private int written;

            @Override
            public void write(int b) throws IOException {
                if (written++ > 10) {
                    assertThat(body.given.get()).isLessThanOrEqualTo(written + 3);
                    throw new IOException("client gone");
                }
            }
        };
        assertThatThrownBy(() -> new BodyPump().writeTo(stuck, body, true)).hasMessage("client gone");
        assertThat(body.cancelled).isDone();
    }

    @Test
    void tellsABrokenBody() throws Exception {
        ScriptedBody body = new ScriptedBody(Collections.emptyIterator(), ScriptedBody.End.FAIL);
        assertThat(new BodyPump().writeTo(OutputStream.nullOutputStream(), body, false))
                .isEqualTo(BodyPump.End.BROKEN);
    }

    @Test
    void stopsWhenItIsTold() throws Exception {
        ScriptedBody body = new ScriptedBody(Collections.emptyIterator(), ScriptedBody.End.STALL);
        BodyPump pump = new BodyPump();
        Thread stopping = new Thread(pump::stop);
        stopping.start();
        assertThat(pump.writeTo(OutputStream.nullOutputStream(), body, false)).isEqualTo(BodyPump.End.STOPPED);
        stopping.join();
        assertThat(body.cancelled).isDone();
    }

    @Test
    void aPublisherThatGivesMoreThanWasAskedForIsCutOff() throws Exception {
        Flow.Publisher<ByteBuffer> flooding = subscriber -> {
            ScriptedBody silent = new ScriptedBody(Collections.emptyIterator(), ScriptedBody.End.STALL);
            subscriber.onSubscribe(silent);
            Stream.generate(() -> ByteBuffer.allocate(1)).limit(100).forEach(subscriber::onNext);
        };
        assertThat(new BodyPump().writeTo(OutputStream.nullOutputStream(), flooding, false))
                .isEqualTo(BodyPump.End.BROKEN);
    }

    @Test
    void worksWithThePlatformsPublisher() throws Exception {
        try (SubmissionPublisher<ByteBuffer> publisher = new SubmissionPublisher<>()) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            Thread feeding = new Thread(() -> {
                while (!publisher.hasSubscribers()) {
                    Thread.onSpinWait();
                }
                for (int i = 0; i < 1000; i++) {
                    publisher.submit(ByteBuffer.wrap(new byte[] {1}));
                }
                publisher.close();
            });
            feeding.start();
            assertThat(new BodyPump().writeTo(out, publisher, false)).isEqualTo(BodyPump.End.WHOLE);
            feeding.join();
            assertThat(out.size()).isEqualTo(1000);
        }
    }

    @Test
    void aDiscardedBodyIsCancelledUnread() {
        ScriptedBody body = endless();
        BodyPump.discard(Body.stream(body, -1));
        assertThat(body.cancelled).isDone();
        assertThat(body.given).hasValue(0);
    }

    private static ScriptedBody endless() {
        return new ScriptedBody(
                Stream.generate(() -> ByteBuffer.wrap(new byte[] {1})).iterator(), ScriptedBody.End.STALL);
    }
}
