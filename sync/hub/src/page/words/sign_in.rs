//! Signing in.

words! {
    /// Signing in.
    SignIn {
        sign_in: ["Кіру", "Войти", "Sign in"],
        login: ["Логин", "Логин", "Login"],
        password: ["Құпиясөз", "Пароль", "Password"],
        wrong_password: [
            "Логин немесе құпиясөз қате.",
            "Логин или пароль неверен.",
            "The login or the password is wrong.",
        ],
        locked: [
            "Құпиясөз тым көп рет қате енгізілді. {seconds} секундтан кейін қайталаңыз.",
            "Слишком много неверных паролей. Повторите через {seconds} с.",
            "Too many wrong passwords. Try again in {seconds} s.",
        ],
    }
}
