/*
 * Ownership along the paths of one function: property simulation (Das, Lerner, Seigle 2002) over Clang's CFG. A state holds what each owned object
 * is (owned, given away ...), which local variables lead to which object, and which variables are known to be zero or not. States of one block that
 * agree on the objects are merged, so that the number of states follows the number of owners and not the number of branches, and a branch that
 * decides about ownership stays correlated with it.
 */
#include <deque>
#include <map>
#include <set>
#include "clang/Analysis/CFG.h"
#include "contract.h"

using namespace clang;

namespace spillscope {

namespace {

constexpr size_t kMaxStates = 256;   /* of one block */
constexpr size_t kMaxSteps = 100000; /* block visits of one function */

/* Perhaps: another function judges whether it was acquired, as tests do that expect a failure. */
enum class Owned { No, Yes, Perhaps, Given, Released };

struct Value {
    enum Kind { Zero, NonZero, Object, Place } kind;
    unsigned object = 0;               /* Object */
    const VarDecl *variable = nullptr; /* Place: its address */
    bool operator==(const Value &other) const {
        return kind == other.kind && object == other.object && variable == other.variable;
    }
};
using Known = std::optional<Value>;

struct State {
    std::map<unsigned, Owned> objects;
    std::map<const VarDecl *, Value> variables;
    std::map<const Expr *, Value> results; /* of calls and conditions */
};

std::optional<bool> truth_of(const Known &value) {
    return value ? std::optional<bool>(value->kind != Value::Zero) : std::nullopt;
}

/* Keeps what both maps agree on; tells whether the first lost something. */
template <typename Map> bool intersect(Map &into, const Map &from) {
    size_t before = into.size();
    for (auto at = into.begin(); at != into.end();) {
        auto other = from.find(at->first);
        at = other != from.end() && other->second == at->second ? std::next(at) : into.erase(at);
    }
    return into.size() != before;
}

bool leads_alike(const State &a, const State &b) {
    auto bindings = [](const State &state) {
        std::map<const VarDecl *, unsigned> result;
        for (const auto &[variable, value] : state.variables) {
            if (value.kind == Value::Object) {
                result[variable] = value.object;
            }
        }
        return result;
    };
    return a.objects == b.objects && bindings(a) == bindings(b);
}

struct Thing {
    std::string name;
    SourceLocation acquired;
    bool record; /* a variable of an owning type, not a pointer to something owned */
};

class Paths {
  public:
    Paths(Unit &unit, const FunctionDecl *function) : unit_(unit), context_(unit.context()), function_(function) {
    }

    void run() {
        find_judged(function_->getBody(), false);
        CFG::BuildOptions options;
        options.AddImplicitDtors = true; /* cleanup functions */
        options.setAllAlwaysAdd();
        std::unique_ptr<CFG> graph = CFG::buildCFG(function_, function_->getBody(), &context_, options);
        if (!graph) {
            unchecked("its flow of control cannot be built");
            return;
        }
        std::map<const CFGBlock *, std::vector<State>> entered;
        std::deque<const CFGBlock *> work;
        entered[&graph->getEntry()].emplace_back();
        work.push_back(&graph->getEntry());
        for (size_t steps = 0; !work.empty(); steps++) {
            const CFGBlock *block = work.front();
            work.pop_front();
            if (steps > kMaxSteps) {
                unchecked("too many paths");
                return;
            }
            std::vector<State> states = entered[block];
            run_block(*block, states);
            for (size_t i = 0; i < block->succ_size(); i++) {
                const CFGBlock *next = *(block->succ_begin() + i);
                if (!next || (next == &graph->getExit() && block->hasNoReturnElement())) {
                    continue;
                }
                if (!follow(*block, *next, i, states, next == &graph->getExit(), entered[next], work)) {
                    unchecked("too many states");
                    return;
                }
            }
        }
    }

  private:
    void find_judged(const Stmt *statement, bool in_argument) {
        const auto *call = dyn_cast_or_null<CallExpr>(statement);
        if (call && in_argument) {
            judged_.insert(call);
        }
        bool transparent = call && (callee_name(call) == "__builtin_expect" || callee_name(call).starts_with("IS_ERR"));
        bool nested = isa_and_nonnull<StmtExpr>(statement) ? false : in_argument || (call && !transparent);
        if (statement) {
            for (const Stmt *child : statement->children()) {
                find_judged(child, nested);
            }
        }
    }

    /* The states that take edge `index`, added to those of its target. */
    bool follow(const CFGBlock &block, const CFGBlock &next, size_t index, const std::vector<State> &states, bool leaves, std::vector<State> &into,
                std::deque<const CFGBlock *> &work) {
        const auto *condition = dyn_cast_or_null<Expr>(block.getTerminatorCondition());
        bool branch = condition && block.succ_size() == 2 && !isa_and_nonnull<SwitchStmt>(block.getTerminatorStmt());
        bool changed = false;
        for (State state : states) {
            if (branch && !refine(state, condition, index == 0)) {
                continue;
            }
            if (leaves) {
                leave(state, block);
                continue;
            }
            auto same = llvm::find_if(into, [&](const State &each) { return leads_alike(each, state); });
            if (same == into.end()) {
                into.push_back(state);
                changed = true;
            } else {
                changed |= intersect(same->variables, state.variables);
                changed |= intersect(same->results, state.results);
            }
        }
        if (changed && !llvm::is_contained(work, &next)) {
            work.push_back(&next);
        }
        return into.size() <= kMaxStates;
    }

    void run_block(const CFGBlock &block, std::vector<State> &states) {
        for (const CFGElement &element : block) {
            if (auto statement = element.getAs<CFGStmt>()) {
                std::vector<State> after;
                for (State &state : states) {
                    execute(state, statement->getStmt(), after);
                }
                states = std::move(after);
            } else if (auto cleanup = element.getAs<CFGCleanupFunction>()) {
                const FunctionDecl *callee = cleanup->getFunctionDecl();
                const VarDecl *variable = cleanup->getVarDecl();
                bool releases = callee->getNumParams() > 0 && contract_has(callee->getParamDecl(0), "releases");
                for (State &state : states) {
                    if (releases) {
                        release(state, Value{Value::Place, 0, variable}, variable->getLocation());
                    }
                }
            }
        }
    }

    /* ------------------------------------------------------------------------------------------- values */

    const VarDecl *local(const Expr *expression) const {
        const auto *name = dyn_cast<DeclRefExpr>(expression->IgnoreParens());
        const auto *variable = name ? dyn_cast<VarDecl>(name->getDecl()) : nullptr;
        return variable && variable->hasLocalStorage() ? variable : nullptr;
    }

    bool is_zero(const Expr *expression, bool &out_zero) const {
        Expr::EvalResult result;
        if (expression->isNullPointerConstant(context_, Expr::NPC_ValueDependentIsNotNull)) {
            out_zero = true;
            return true;
        }
        if (expression->getType()->isIntegralOrEnumerationType() && expression->EvaluateAsInt(result, context_)) {
            out_zero = result.Val.getInt() == 0;
            return true;
        }
        return false;
    }

    static Known known(bool truth) {
        return Value{truth ? Value::NonZero : Value::Zero, 0, nullptr};
    }
    static Known negated(const Known &value) {
        std::optional<bool> truth = truth_of(value);
        return truth ? known(!*truth) : std::nullopt;
    }

    Known evaluate(const State &state, const Expr *expression) const {
        expression = expression->IgnoreParens();
        bool zero = false;
        if (is_zero(expression, zero)) {
            return known(!zero);
        }
        auto stored = state.results.find(expression);
        if (stored != state.results.end()) {
            return stored->second;
        }
        if (const auto *cast = dyn_cast<CastExpr>(expression)) {
            if (cast->getCastKind() == CK_LValueToRValue) {
                const VarDecl *variable = local(cast->getSubExpr());
                auto found = variable ? state.variables.find(variable) : state.variables.end();
                return found != state.variables.end() ? Known(found->second) : std::nullopt;
            }
            return evaluate(state, cast->getSubExpr());
        }
        if (const auto *operation = dyn_cast<UnaryOperator>(expression)) {
            if (operation->getOpcode() == UO_AddrOf) {
                const VarDecl *variable = local(operation->getSubExpr());
                return variable ? Known(Value{Value::Place, 0, variable}) : std::nullopt;
            }
            if (operation->getOpcode() == UO_LNot) {
                return negated(evaluate(state, operation->getSubExpr()));
            }
            return operation->getOpcode() == UO_Extension ? evaluate(state, operation->getSubExpr()) : std::nullopt;
        }
        if (const auto *operation = dyn_cast<BinaryOperator>(expression)) {
            return evaluate_binary(state, operation);
        }
        if (const auto *choice = dyn_cast<ConditionalOperator>(expression)) {
            Known yes = evaluate(state, choice->getTrueExpr());
            Known no = evaluate(state, choice->getFalseExpr());
            std::optional<bool> truth = truth_of(evaluate(state, choice->getCond()));
            return truth ? (*truth ? yes : no) : yes == no ? yes : std::nullopt;
        }
        if (const auto *choice = dyn_cast<BinaryConditionalOperator>(expression)) {
            Known first = evaluate(state, choice->getCommon());
            std::optional<bool> truth = truth_of(first);
            return truth ? (*truth ? first : evaluate(state, choice->getFalseExpr())) : std::nullopt;
        }
        if (const auto *opaque = dyn_cast<OpaqueValueExpr>(expression)) {
            return opaque->getSourceExpr() ? evaluate(state, opaque->getSourceExpr()) : std::nullopt;
        }
        if (const auto *block = dyn_cast<StmtExpr>(expression)) {
            const CompoundStmt *body = block->getSubStmt();
            const auto *last = body->body_empty() ? nullptr : dyn_cast<Expr>(body->body_back());
            return last ? evaluate(state, last) : std::nullopt;
        }
        if (const auto *call = dyn_cast<CallExpr>(expression)) {
            return evaluate_call(state, call);
        }
        return std::nullopt;
    }

    Known evaluate_binary(const State &state, const BinaryOperator *operation) const {
        const Expr *left = operation->getLHS();
        const Expr *right = operation->getRHS();
        std::optional<bool> a, b;
        switch (operation->getOpcode()) {
        case BO_Assign:
        case BO_Comma:
            return evaluate(state, right);
        case BO_LAnd:
        case BO_LOr:
            a = truth_of(evaluate(state, left));
            if (a && *a == (operation->getOpcode() == BO_LOr)) {
                return known(*a);
            }
            b = truth_of(evaluate(state, right));
            return a && b ? known(*b) : std::nullopt;
        case BO_EQ:
        case BO_NE:
            a = truth_of(evaluate(state, left));
            b = truth_of(evaluate(state, right));
            if (a && b && !(*a && *b)) {
                return known((*a == *b) == (operation->getOpcode() == BO_EQ));
            }
            return std::nullopt;
        case BO_LT:
        case BO_GT: {
            bool zero = false;
            a = truth_of(evaluate(state, left));
            return a && !*a && is_zero(right, zero) && zero ? known(false) : std::nullopt;
        }
        default:
            return std::nullopt;
        }
    }

    static llvm::StringRef callee_name(const CallExpr *call) {
        const FunctionDecl *callee = call->getDirectCallee();
        return callee && callee->getIdentifier() ? callee->getName() : llvm::StringRef();
    }

    Known evaluate_call(const State &state, const CallExpr *call) const {
        llvm::StringRef name = callee_name(call);
        if (call->getNumArgs() == 0) {
            return std::nullopt;
        }
        if (name == "__builtin_expect") {
            return evaluate(state, call->getArg(0));
        }
        if (name == "IS_ERR" || name == "IS_ERR_OR_NULL") { /* what failed has no object, whichever way it says so */
            return negated(evaluate(state, call->getArg(0)));
        }
        return std::nullopt;
    }

    /* Assumes that a condition has this truth; false when it cannot. */
    bool refine(State &state, const Expr *condition, bool truth) const {
        condition = condition->IgnoreParens();
        if (std::optional<bool> now = truth_of(evaluate(state, condition))) {
            return *now == truth;
        }
        state.results[condition] = *known(truth);
        if (const auto *cast = dyn_cast<CastExpr>(condition)) {
            const VarDecl *variable = cast->getCastKind() == CK_LValueToRValue ? local(cast->getSubExpr()) : nullptr;
            if (variable) {
                state.results.erase(condition);
                state.variables[variable] = *known(truth);
                return true;
            }
            return cast->getCastKind() == CK_LValueToRValue || refine(state, cast->getSubExpr(), truth);
        }
        if (const auto *operation = dyn_cast<UnaryOperator>(condition)) {
            return operation->getOpcode() != UO_LNot || refine(state, operation->getSubExpr(), !truth);
        }
        if (const auto *call = dyn_cast<CallExpr>(condition)) {
            return callee_name(call) != "__builtin_expect" || refine(state, call->getArg(0), truth);
        }
        const auto *operation = dyn_cast<BinaryOperator>(condition);
        return !operation || refine_binary(state, operation, truth);
    }

    bool refine_binary(State &state, const BinaryOperator *operation, bool truth) const {
        const Expr *left = operation->getLHS();
        const Expr *right = operation->getRHS();
        bool zero = false;
        switch (operation->getOpcode()) {
        case BO_Assign:
            if (const VarDecl *variable = local(left)) {
                state.variables[variable] = *known(truth);
            }
            return true;
        case BO_LAnd:
            return !truth || (refine(state, left, true) && refine(state, right, true));
        case BO_LOr:
            return truth || (refine(state, left, false) && refine(state, right, false));
        case BO_EQ:
        case BO_NE:
            if (!is_zero(right, zero)) {
                std::swap(left, right);
            }
            if (!is_zero(right, zero)) {
                return true;
            }
            if (zero) {
                return refine(state, left, truth == (operation->getOpcode() == BO_NE));
            }
            return truth != (operation->getOpcode() == BO_EQ) || refine(state, left, true);
        case BO_LT:
        case BO_GT:
            return !truth || !is_zero(right, zero) || !zero || refine(state, left, true);
        default:
            return true;
        }
    }

    /* ------------------------------------------------------------------------------------------- effects */

    unsigned thing(const void *key, const std::string &name, SourceLocation location, bool record) {
        auto [found, is_new] = indices_.try_emplace(key, things_.size());
        if (is_new) {
            things_.push_back({name, location, record});
        }
        return found->second;
    }
    unsigned thing_of(const VarDecl *variable) {
        return thing(variable, variable->getNameAsString(), variable->getLocation(), true);
    }

    /* The object that a value leads to, itself or through the variable whose address it is. */
    std::optional<unsigned> object_of(const State &state, const Known &value) {
        if (value && value->kind == Value::Object) {
            return value->object;
        }
        if (!value || value->kind != Value::Place) {
            return std::nullopt;
        }
        if (contract_owns(value->variable->getType())) {
            return thing_of(value->variable);
        }
        auto found = state.variables.find(value->variable);
        return found != state.variables.end() && found->second.kind == Value::Object ? std::optional<unsigned>(found->second.object) : std::nullopt;
    }

    static Owned status(const State &state, unsigned object) {
        auto found = state.objects.find(object);
        return found == state.objects.end() ? Owned::No : found->second;
    }

    void acquire(State &state, unsigned object, SourceLocation location, Owned how = Owned::Yes) {
        if (status(state, object) == Owned::Yes) {
            report("unreleased", "'" + things_[object].name + "' is still owned when another one is acquired in its place", location,
                   {{"acquired here", things_[object].acquired}});
        }
        things_[object].acquired = location;
        state.objects[object] = how;
    }

    void release(State &state, const Known &value, SourceLocation location) {
        std::optional<unsigned> object = object_of(state, value);
        if (!object) {
            return;
        }
        Owned now = status(state, *object);
        if (now == Owned::Given || (now == Owned::Released && !things_[*object].record)) {
            gone("released", *object, now, location);
        }
        if (now != Owned::No) {
            state.objects[*object] = Owned::Released;
        }
    }

    void give(State &state, const Known &value, SourceLocation location) {
        if (!value || value->kind != Value::Object) {
            return;
        }
        Owned now = status(state, value->object);
        if (now == Owned::Given || now == Owned::Released) {
            gone("given away", value->object, now, location);
        }
        if (now == Owned::Yes || now == Owned::Perhaps) {
            given_[value->object] = location;
            state.objects[value->object] = Owned::Given;
        }
    }

    void gone(const std::string &verb, unsigned object, Owned now, SourceLocation location) {
        std::vector<Unit::Note> notes = {{"acquired here", things_[object].acquired}};
        if (now == Owned::Given) {
            notes.push_back({"given to its owner here", given_[object]});
        }
        report("second-owner",
               "'" + things_[object].name + "' is " + verb + " here, but " + (now == Owned::Given ? "has another owner" : "was released before"),
               location, notes);
    }

    void bind(State &state, const VarDecl *variable, const Known &value) {
        if (value && value->kind != Value::Place) {
            state.variables[variable] = *value;
            if (value->kind == Value::Object && things_[value->object].name.empty()) {
                things_[value->object].name = variable->getNameAsString();
            }
        } else {
            state.variables.erase(variable);
        }
    }

    void execute(State &state, const Stmt *statement, std::vector<State> &after) {
        if (const auto *call = dyn_cast<CallExpr>(statement)) {
            execute_call(state, call, after);
            return;
        }
        if (const auto *declaration = dyn_cast<DeclStmt>(statement)) {
            for (const Decl *each : declaration->decls()) {
                if (const auto *variable = dyn_cast<VarDecl>(each)) {
                    execute_variable(state, variable);
                }
            }
        } else if (const auto *operation = dyn_cast<BinaryOperator>(statement)) {
            if (operation->isAssignmentOp()) {
                execute_assignment(state, operation);
            }
        } else if (const auto *step = dyn_cast<UnaryOperator>(statement)) {
            if (const VarDecl *variable = step->isIncrementDecrementOp() ? local(step->getSubExpr()) : nullptr) {
                auto found = state.variables.find(variable);
                if (found != state.variables.end() && found->second.kind != Value::Object) {
                    state.variables.erase(found);
                }
            }
        } else if (const auto *result = dyn_cast<ReturnStmt>(statement)) {
            execute_return(state, result);
        } else if (const auto *list = dyn_cast<InitListExpr>(statement)) {
            for (const Expr *value : list->inits()) {
                give(state, evaluate(state, value), value->getBeginLoc());
            }
        }
        after.push_back(std::move(state));
    }

    void execute_variable(State &state, const VarDecl *variable) {
        const Expr *initialiser = variable->getInit();
        if (!variable->hasLocalStorage() || !initialiser) {
            if (variable->hasLocalStorage()) {
                state.variables.erase(variable);
            }
            return;
        }
        if (contract_owns(variable->getType())) {
            if (isa<CallExpr>(initialiser->IgnoreParenImpCasts())) {
                acquire(state, thing_of(variable), initialiser->getExprLoc());
            } else if (status(state, thing_of(variable)) == Owned::Yes) {
                lost(thing_of(variable), variable->getLocation());
            } else {
                state.objects.erase(thing_of(variable));
            }
            return;
        }
        bind(state, variable, evaluate(state, initialiser));
    }

    void execute_assignment(State &state, const BinaryOperator *operation) {
        const VarDecl *variable = local(operation->getLHS());
        Known value = operation->getOpcode() == BO_Assign ? evaluate(state, operation->getRHS()) : std::nullopt;
        if (!variable) {
            const auto *member = dyn_cast<MemberExpr>(operation->getLHS()->IgnoreParens());
            if (!member || !contract_has(member->getMemberDecl(), "borrows")) {
                give(state, value, operation->getOperatorLoc());
            }
            return;
        }
        if (contract_owns(variable->getType())) {
            if (isa<CallExpr>(operation->getRHS()->IgnoreParenImpCasts())) {
                acquire(state, thing_of(variable), operation->getOperatorLoc());
            } else if (status(state, thing_of(variable)) == Owned::Yes) {
                lost(thing_of(variable), operation->getOperatorLoc());
            }
            return;
        }
        bind(state, variable, value);
    }

    void execute_return(State &state, const ReturnStmt *statement) {
        const Expr *expression = statement->getRetValue();
        if (!expression) {
            return;
        }
        const auto *cast = dyn_cast<CastExpr>(expression->IgnoreParens());
        const VarDecl *variable = cast ? local(cast->getSubExpr()) : nullptr;
        if (variable && contract_owns(variable->getType())) {
            state.objects[thing_of(variable)] = Owned::Given;
            return;
        }
        Known value = evaluate(state, expression);
        std::optional<unsigned> object = value && value->kind == Value::Object ? std::optional<unsigned>(value->object) : std::nullopt;
        if (object && status(state, *object) == Owned::Yes && !contract_has(function_, "acquires")) {
            report("unreleased", "'" + things_[*object].name + "' is returned by a function that does not say that its result is owned",
                   statement->getReturnLoc(), {{"acquired here", things_[*object].acquired}});
        }
        give(state, value, statement->getReturnLoc());
    }

    /* Acquisitions split the state: success with an object, failure without. */
    void execute_call(State &state, const CallExpr *call, std::vector<State> &after) {
        const FunctionDecl *callee = call->getDirectCallee();
        state.results.erase(call);
        std::vector<unsigned> acquired;
        std::vector<std::pair<const VarDecl *, unsigned>> bound;
        for (unsigned i = 0; i < call->getNumArgs(); i++) {
            const ParmVarDecl *parameter = callee && i < callee->getNumParams() ? callee->getParamDecl(i) : nullptr;
            Known value = evaluate(state, call->getArg(i));
            if (parameter && parameter_has(callee, i, "releases")) {
                release(state, value, call->getArg(i)->getExprLoc());
            } else if (parameter && parameter_has(callee, i, "acquires") && value && value->kind == Value::Place) {
                if (contract_owns(value->variable->getType())) {
                    acquired.push_back(thing_of(value->variable));
                } else {
                    unsigned object = thing(call->getArg(i), value->variable->getNameAsString(), call->getExprLoc(), false);
                    acquired.push_back(object);
                    bound.emplace_back(value->variable, object);
                }
            } else if (value && value->kind == Value::Place) {
                forget(state, value->variable);
            }
        }
        if (callee && contract_has(callee, "acquires")) {
            unsigned object = thing(call, "", call->getExprLoc(), false);
            State failed = state;
            failed.results[call] = *known(false);
            after.push_back(std::move(failed));
            acquire(state, object, call->getExprLoc());
            state.results[call] = Value{Value::Object, object, nullptr};
        } else if (!acquired.empty()) {
            bool truth = call->getType()->isBooleanType();
            if (!call->getType()->isVoidType()) {
                State failed = state;
                failed.results[call] = *known(!truth);
                after.push_back(std::move(failed));
                state.results[call] = *known(truth);
            }
            for (unsigned object : acquired) {
                acquire(state, object, call->getExprLoc(), judged_.contains(call) ? Owned::Perhaps : Owned::Yes);
            }
            for (auto [variable, object] : bound) {
                state.variables[variable] = Value{Value::Object, object, nullptr};
            }
        }
        after.push_back(std::move(state));
    }

    static bool parameter_has(const FunctionDecl *callee, unsigned index, llvm::StringRef word) {
        return llvm::any_of(callee->redecls(),
                            [&](const FunctionDecl *each) { return index < each->getNumParams() && contract_has(each->getParamDecl(index), word); });
    }

    /* Its address went elsewhere: whether it is zero is not known any more. What it leads to is still owned here. */
    static void forget(State &state, const VarDecl *variable) {
        auto found = state.variables.find(variable);
        if (found != state.variables.end() && found->second.kind != Value::Object) {
            state.variables.erase(found);
        }
    }

    /* ------------------------------------------------------------------------------------------- findings */

    void lost(unsigned object, SourceLocation location) {
        report("unreleased", "'" + things_[object].name + "' is still owned when it is overwritten", location,
               {{"acquired here", things_[object].acquired}});
    }

    void leave(const State &state, const CFGBlock &block) {
        SourceLocation place = function_->getBodyRBrace();
        for (auto at = block.rbegin(); at != block.rend(); ++at) {
            if (auto statement = at->getAs<CFGStmt>()) {
                if (const auto *result = dyn_cast<ReturnStmt>(statement->getStmt())) {
                    place = result->getReturnLoc();
                }
                break;
            }
        }
        for (const auto &[object, owned] : state.objects) {
            if ((owned == Owned::Yes || owned == Owned::Perhaps) && left_.insert(object).second) {
                report("unreleased", "'" + things_[object].name + "' is owned here and not released on every path out of its scope",
                       things_[object].acquired, {{"this path leaves the scope without releasing it", place}});
            }
        }
    }

    void report(const std::string &rule, const std::string &message, SourceLocation location, const std::vector<Unit::Note> &notes) {
        unit_.add_finding({rule, function_->getNameAsString(), message, location, notes});
    }
    void unchecked(const std::string &why) {
        report("unchecked", "ownership in '" + function_->getNameAsString() + "' cannot be followed: " + why, function_->getLocation(), {});
    }

    Unit &unit_;
    ASTContext &context_;
    const FunctionDecl *function_;
    std::map<const void *, unsigned> indices_;
    std::vector<Thing> things_;
    std::map<unsigned, SourceLocation> given_;
    std::set<unsigned> left_;
    std::set<const CallExpr *> judged_; /* calls whose status is an argument of another call, or part of one */
};

} // namespace

void contract_check_paths(Unit &unit, const FunctionDecl *function) {
    Paths(unit, function).run();
}

} // namespace spillscope
