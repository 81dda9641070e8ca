package kontor.web;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.nio.charset.MalformedInputException;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.AbstractJacksonHttpMessageConverter;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;

/**
 * JSON is UTF-8 and nothing else (RFC 8259), and UTF-8 has one way to write each character (RFC 3629). Jackson by itself
 * would read UTF-16 too, and take {@code C0 AF} for a slash.
 */
@ControllerAdvice
class StrictUtf8 extends RequestBodyAdviceAdapter {
    @Override
    public boolean supports(
            MethodParameter parameter, Type target, Class<? extends HttpMessageConverter<?>> converter) {
        return AbstractJacksonHttpMessageConverter.class.isAssignableFrom(converter);
    }

    @Override
    public HttpInputMessage beforeBodyRead(
            HttpInputMessage request,
            MethodParameter parameter,
            Type target,
            Class<? extends HttpMessageConverter<?>> converter)
            throws IOException {
        var body = new Checked(request.getBody());
        return new HttpInputMessage() {
            @Override
            public InputStream getBody() {
                return body;
            }

            @Override
            public HttpHeaders getHeaders() {
                return request.getHeaders();
            }
        };
    }

    /** Throws {@link MalformedInputException} at the first octet that cannot stand where it does. */
    static final class Checked extends FilterInputStream {
        private static final int LOWEST = 0x80;
        private static final int HIGHEST = 0xBF;
        private int following;
        private int lowest = LOWEST;
        private int highest = HIGHEST;

        Checked(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            var octet = super.read();
            if (octet >= 0) check(octet);
            return octet;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            var read = super.read(into, offset, length);
            for (var i = offset; i < offset + read; i++) check(into[i] & 0xFF);
            return read;
        }

        private void check(int octet) throws MalformedInputException {
            if (following > 0) {
                if (octet < lowest || octet > highest) throw new MalformedInputException(1);
                following--;
                lowest = LOWEST;
                highest = HIGHEST;
            } else if (octet >= LOWEST) begin(octet);
            else if (octet == 0) throw new MalformedInputException(1); // in JSON it is written as an escape
        }

        /** What may follow is narrower behind four of them: no longer form than needed, no surrogates, nothing beyond 10FFFF. */
        private void begin(int octet) throws MalformedInputException {
            if (octet < 0xC2 || octet > 0xF4) throw new MalformedInputException(1);
            following = octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3;
            switch (octet) {
                case 0xE0 -> lowest = 0xA0;
                case 0xED -> highest = 0x9F;
                case 0xF0 -> lowest = 0x90;
                case 0xF4 -> highest = 0x8F;
                default -> {}
            }
        }
    }
}
