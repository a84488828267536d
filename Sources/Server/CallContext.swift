import Hummingbird
import NIOCore
import WeirStorage

/// What the middleware finds out about a request before its route answers.
struct CallContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Whose key let the request in; nil where none was needed or none was sent.
    var key: StoredKey?
    var body = ByteBuffer()

    init(source: ApplicationRequestContextSource) { coreContext = CoreRequestContextStorage(source: source) }
}
