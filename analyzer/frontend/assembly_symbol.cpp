#include "assembly_symbol.h"
#include "llvm/ADT/StringExtras.h"

namespace spillscope {

using llvm::StringRef;

/* Names in a row that lead to another one, and parentheses within each other, that are followed. */
static constexpr unsigned max_depth = 16;

static bool in_name(char c) {
    return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$';
}

/* A name and a number of bytes, as far as the sum of both is known. */
struct Sum {
    StringRef base;
    int64_t number = 0;
    bool known = true;
};

static Sum combine(Sum left, char operation, Sum right) {
    Sum out = {left.base.empty() ? right.base : left.base, 0, left.known && right.known};
    bool overflow = false;
    switch (operation) {
    case '+':
        out.known &= left.base.empty() || right.base.empty();
        overflow = __builtin_add_overflow(left.number, right.number, &out.number);
        break;
    case '-':
        out.known &= right.base.empty();
        overflow = __builtin_sub_overflow(left.number, right.number, &out.number);
        break;
    default:
        out.known &= left.base.empty() && right.base.empty();
        overflow = __builtin_mul_overflow(left.number, right.number, &out.number);
        break;
    }
    out.known &= !overflow;
    return out;
}

/* sum := product (("+" | "-") product)*    product := factor ("*" factor)*    factor := "-"* (number | name | "(" sum ")") */
class Expression {
  public:
    explicit Expression(StringRef text) : rest_(text) {
    }

    Sum all() {
        Sum value = sum(0);
        space();
        if (rest_.empty()) {
            return value;
        }
        value.known = false;
        while (value.base.empty() && !rest_.empty()) {
            StringRef word = rest_.take_while(in_name);
            value.base = !word.empty() && !llvm::isDigit(word.front()) ? word : StringRef();
            rest_ = rest_.drop_front(word.empty() ? 1 : word.size());
        }
        return value;
    }

  private:
    void space() {
        rest_ = rest_.ltrim(" \t\r");
    }

    bool take(char c) {
        space();
        return rest_.consume_front(StringRef(&c, 1));
    }

    Sum factor(unsigned depth) {
        bool negative = false;
        while (take('-')) {
            negative = !negative;
        }
        Sum value = {{}, 0, false};
        if (take('(')) {
            value = depth < max_depth ? sum(depth + 1) : value;
            value.known &= take(')');
        } else {
            StringRef word = rest_.take_while(in_name);
            rest_ = rest_.drop_front(word.size());
            if (!word.empty() && !llvm::isDigit(word.front())) {
                value = {word, 0, true};
            } else {
                value.known = !word.getAsInteger(0, value.number);
            }
        }
        return negative ? combine({}, '-', value) : value;
    }

    Sum product(unsigned depth) {
        Sum value = factor(depth);
        while (take('*')) {
            value = combine(value, '*', factor(depth));
        }
        return value;
    }

    Sum sum(unsigned depth) {
        Sum value = product(depth);
        for (;;) {
            char operation = take('+') ? '+' : take('-') ? '-' : '\0';
            if (!operation) {
                return value;
            }
            value = combine(value, operation, product(depth));
        }
    }

    StringRef rest_;
};

/* Does a statement define the name? What it is set to goes to `out_value`, "" for a label. */
static bool defines(StringRef statement, StringRef name, StringRef &out_value) {
    for (size_t at = statement.find(name); at != StringRef::npos; at = statement.find(name, at + 1)) {
        StringRef after = statement.drop_front(at + name.size());
        if ((at > 0 && in_name(statement[at - 1])) || (!after.empty() && in_name(after.front()))) {
            continue;
        }
        StringRef before = statement.take_front(at).rtrim(" \t");
        after = after.ltrim(" \t");
        bool sets = before.ends_with(".set") || before.ends_with(".equ") || before.ends_with(".equiv") || before.ends_with(".eqv") ||
                    before.ends_with(".weakref");
        if (after.starts_with(":") || after.starts_with("=") || (sets && after.starts_with(","))) {
            out_value = after.starts_with(":") ? StringRef() : after.ltrim("=,").take_until([](char c) { return c == '\n' || c == ';'; });
            return true;
        }
    }
    return false;
}

AssemblySymbol find_assembly_symbol(llvm::ArrayRef<const char *> statements, StringRef name) {
    AssemblySymbol out;
    StringRef sought = name;
    Sum sum;
    for (unsigned depth = 0; depth < max_depth; depth++) {
        StringRef text;
        bool found = false;
        for (size_t i = 0; i < statements.size() && !found; i++) {
            found = defines(statements[i], sought, text);
        }
        if (!found) {
            break;
        }
        out.defined = true;
        Sum value = Expression(text).all();
        if (value.base.empty()) {
            break; /* a label or a number: what leads here leads to this name */
        }
        Sum offset = combine({{}, sum.number, sum.known}, '+', {{}, value.number, value.known});
        sum = {value.base, offset.number, offset.known};
        sought = value.base;
    }
    out.base = sum.base;
    out.offset = sum.number;
    out.offset_known = sum.known;
    return out;
}

} // namespace spillscope
